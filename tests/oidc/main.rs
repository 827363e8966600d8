//! People sign in at an OpenID Connect provider that nobody here wrote, to a hub that runs as its own process.
//! `scripts/test-oidc WORKDIR` sets it up and runs this.

mod browser;
mod world;

use browser::{Browser, Left};
use serde_json::json;
use world::World;

#[tokio::test]
async fn a_whole_sign_in_with_groups_to_roles_and_out_again() {
    let world = World::start().await;
    let mut alice = Browser::new(&world);
    assert_eq!(alice.sign_in("alice").await, Left::At("/documents".to_owned()));
    let (status, me) = alice.get("/api/v1/me").await;
    assert_eq!((status, &me["name"], &me["title"], &me["via"]), (200, &json!("alice"), &json!("Alice Admin"), &json!("session")));
    assert!(me["capabilities"].as_array().unwrap().contains(&json!("manage_users")), "the group hub-admins owns this hub: {me}");
    let sessions = alice.get("/api/v1/me/sessions").await.1;
    assert_eq!(sessions["items"][0]["method"], "provider/company");

    let mut bob = Browser::new(&world);
    assert_eq!(bob.sign_in("bob").await, Left::At("/documents".to_owned()));
    let (_, me) = bob.get("/api/v1/me").await;
    assert_eq!(me["permissions"], json!(["read", "start", "decide"]));
    assert_eq!(bob.get("/api/v1/users").await.0, 403);

    let told = alice.get("/api/v1/audit?action=user.add").await.1;
    let (last, first) = (&told["items"][0], &told["items"][1]);
    assert_eq!(
        (&last["actor"], &last["via"], &last["detail"]["identity"]["subject"]),
        (&json!("bob"), &json!("provider"), &json!("u-1002"))
    );
    assert_eq!((&first["actor"], &first["detail"]["email"]), (&json!("alice"), &json!("alice@example.org")));

    // A second sign-in is the same account.
    let user = me["user"].clone();
    bob.forget_hub();
    assert_eq!(bob.get("/api/v1/me").await.0, 401);
    assert_eq!(bob.sign_in("bob").await, Left::At("/documents".to_owned()));
    assert_eq!(bob.get("/api/v1/me").await.1["user"], user);
    assert_eq!(alice.get("/api/v1/users").await.1["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_provider_too() {
    let world = World::start().await;
    let mut bob = Browser::new(&world);
    bob.sign_in("bob").await;
    // Without signing out there, the provider asks nobody: it knows the browser.
    bob.forget_hub();
    assert_eq!(bob.sign_in_unasked().await, Left::At("/documents".to_owned()));
    assert_eq!(bob.sign_out().await, Left::At("/sign-in".to_owned()), "the provider leads back to the page that signs in");
    assert_eq!(bob.get("/api/v1/me").await.0, 401);
    assert_eq!(bob.sign_in_unasked().await, Left::AskedForPassword);
}

#[tokio::test]
async fn who_has_no_group_says_no_or_is_locked_there_stays_out() {
    let world = World::start().await;
    let mut chen = Browser::new(&world);
    assert_eq!(chen.sign_in("chen").await, Left::At("/sign-in#problem=not_admitted".to_owned()));
    assert_eq!(chen.get("/api/v1/me").await.0, 401);
    assert_eq!(Browser::new(&world).sign_in("locked").await, Left::AskedForPassword);
    assert_eq!(Browser::new(&world).cancel().await, Left::At("/sign-in#problem=provider_denied".to_owned()));
}

#[tokio::test]
async fn a_group_that_is_taken_away_takes_its_roles_and_new_keys_are_found() {
    let mut world = World::start().await;
    let mut alice = Browser::new(&world);
    alice.sign_in("alice").await;
    let mut bob = Browser::new(&world);
    bob.sign_in("bob").await;
    assert_eq!(bob.get("/api/v1/me").await.0, 200);
    // The provider comes back with other keys under the same names, and it has forgotten who was signed in.
    world.restart_provider(|config| {
        let users = config["users"].as_array_mut().unwrap();
        let known = users.iter_mut().find(|user| user["login"] == "bob").unwrap();
        known["claims"]["groups"] = json!([]);
    });
    // The session that goes on keeps its roles; the next sign-in takes them.
    assert_eq!(bob.get("/api/v1/me").await.0, 200);
    bob.forget_hub();
    assert_eq!(bob.sign_in("bob").await, Left::At("/documents".to_owned()), "it is an account here");
    assert_eq!(bob.get("/api/v1/me").await.0, 403);
    let users = alice.get("/api/v1/users").await.1;
    let known = users["items"].as_array().unwrap().iter().find(|user| user["name"] == "bob").unwrap();
    assert_eq!(known["roles"], json!([]));
}
