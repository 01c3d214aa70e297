//! The fuzz targets' properties over their corpus. `fuzz/` makes up more with cargo-fuzz; what it
//! finds is kept there as one more file.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus");

/// Runs one property over its whole corpus; names the file that breaks it.
fn holds_for(target: &str, property: fn(&[u8]) -> bool) {
    let mut taken = Vec::new();
    for file in fs::read_dir(Path::new(CORPUS).join(target)).expect("a corpus") {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let held = std::panic::catch_unwind(|| property(&bytes));
        taken.push(held.unwrap_or_else(|_| panic!("{} breaks {target}", path.display())));
    }
    assert!(
        (10..=20).contains(&taken.len()),
        "{target} has {} files",
        taken.len()
    );
    assert!(taken.contains(&true), "nothing of {target} is good");
    assert!(taken.contains(&false), "nothing of {target} is bad");
}

macro_rules! corpus {
    ($($requirement:ident => $target:ident),* $(,)?) => {
        $(
            #[test]
            fn $requirement() {
                holds_for(stringify!($target), targets::$target::holds);
            }
        )*
    };
}

corpus! {
    s_148_s_149_any_callback_query => callback,
    lesson_38_any_configuration => config,
    s_337_any_cookie_header => cookies,
    c_12_any_expression => expressions,
    s_348_any_id_token => id_token,
    s_347_any_jwk_set => jwks,
    s_153_any_logout_by_back_channel => logout,
    c_49_any_launch_parameters => params,
    s_182_any_json => strict_json,
}

/// Every target is built by cargo-fuzz and run here, and has a corpus.
#[test]
fn no_target_is_left_out() {
    let names = |dir: &str| -> Vec<String> {
        let entries = fs::read_dir(Path::new(CORPUS).parent().unwrap().join(dir)).unwrap();
        let name = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap().path())).collect();
        names.sort();
        names
    };
    let here = include_str!("fuzz.rs");
    for target in names("targets") {
        assert!(
            here.contains(&format!("=> {target},")),
            "{target} is not run here"
        );
    }
    assert_eq!(names("targets"), names("corpus"));
}
