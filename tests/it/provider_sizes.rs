//! How much of a provider's answer is read, and how much memory that takes (S-362).

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::lie::Edit;
use crate::harness::server::Answer;
use crate::harness::{Lie, lying};

const KIB: usize = 1024;

type About = fn(Lie, Edit<Answer>) -> Lie;

/// Each document with its cap in KiB.
const DOCUMENTS: [(usize, About); 4] = [
    (256, Lie::about_metadata),
    (512, Lie::about_keys),
    (64, Lie::in_token_answer),
    (256, Lie::in_userinfo),
];

fn full(answer: &mut Answer) -> (&mut Vec<(String, String)>, &mut Vec<u8>) {
    match answer {
        Answer::Full { headers, body, .. } => (headers, body),
        _ => panic!("there is no body"),
    }
}

/// Fills an answer up to `size` bytes.
fn padded(size: usize) -> Edit<Answer> {
    Box::new(move |answer| {
        let (_, body) = full(answer);
        assert!(body.len() < size);
        body.resize(size, b' ');
    })
}

/// Packs an answer, with so many MiB behind it.
fn packed(mib: usize) -> Edit<Answer> {
    Box::new(move |answer| {
        let (headers, body) = full(answer);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(body).unwrap();
        for _ in 0..mib * KIB {
            gzip.write_all(&[b' '; KIB]).unwrap();
        }
        headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        *body = gzip.finish().unwrap();
    })
}

#[test]
fn s_362_an_answer_may_be_as_long_as_its_cap_and_no_longer() {
    let fits = |lie, (cap, about): &(usize, About)| about(lie, padded(cap * KIB));
    lying(DOCUMENTS.iter().fold(Lie::none(), fits)).accepts();
    for (cap, about) in DOCUMENTS {
        lying(about(Lie::none(), padded(cap * KIB + 1))).refuses(502, "provider.too_large");
    }
}

#[test]
fn s_362_a_cap_counts_what_was_inflated_and_memory_stays_flat() {
    let fits = |lie, (_, about): &(usize, About)| about(lie, packed(0));
    lying(DOCUMENTS.iter().fold(Lie::none(), fits)).accepts();
    for (_, about) in DOCUMENTS {
        let world = lying(about(Lie::none(), packed(64)));
        // What any sign-in takes is not the bomb's.
        world.still_works(&mut world.usher.browser());
        let before = world.usher.peak_memory();
        let world = world.refuses(502, "provider.too_large");
        let grown = world.usher.peak_memory() - before;
        assert!(grown < 16 * KIB as u64, "{grown} KiB more");
    }
}

/// The members of an answer, with another in front that holds `value`.
fn burdened(value: String) -> Edit<Answer> {
    Box::new(move |answer| {
        let (_, body) = full(answer);
        let rest = body.strip_prefix(b"{").expect("an object").to_vec();
        *body = [b"{\"burden\":", value.as_bytes(), b",", &rest].concat();
    })
}

#[test]
fn s_368_an_answer_as_deep_or_as_crowded_as_it_can_be_breaks_nothing() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let crowd: Vec<String> = (0..5_000).map(|number| format!("\"{number}\":0")).collect();
    let crowd = format!("{{{}}}", crowd.join(","));
    for burden in [deep, crowd] {
        for (cap, about) in DOCUMENTS {
            assert!(burden.len() < cap * KIB - 2 * KIB);
            let world = lying(about(Lie::none(), burdened(burden.clone())));
            let answer = world.sign_in(&mut world.usher.browser(), "lie");
            // What is not read is passed over; the rest is refused before the stack ends.
            assert!(matches!(answer.status, 200 | 403 | 502), "{}", answer.status);
            world.sign_in(&mut world.usher.browser(), "honest").expect(200);
        }
    }
}
