//! What a hostile page, neighbour or proxy hop tries, and what must come of it.

use crate::harness::World;

#[test]
fn s_375_a_session_ends_with_its_provider() {
    let mut world = World::start();
    let mut ada = world.signed_in("ada");
    world.usher.stop();
    let path = world.usher.dir.path().join("usher.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("[providers.work]", "[providers.successor]")).unwrap();
    world.usher.start_again();
    ada.get("/launch/townhall").expect(302).hides("token=");
    assert!(
        world.usher.audited("launch").is_empty(),
        "no token for a removed provider's people"
    );
}
