//! Every operation against every role, with people who signed in: whoever has what it needs comes in, nobody else.

use serde_json::json;
use waybill::domain::access::role::Role;

use crate::operations::{PUBLIC, operations};
use crate::sign_in::{Browser, PASSWORD, added, owned};

#[tokio::test]
async fn each_operation_lets_in_the_roles_that_have_what_it_needs() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let operations = operations();
    let (mut let_in, mut refused) = (0, 0);
    for role in Role::ALL {
        let name = role.word().replace('_', "-");
        let (_, link) = added(&mut owner, &name, json!([{"role": role.word()}])).await;
        let mut browser = Browser::new(&door);
        assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
        for operation in operations.iter().filter(|operation| !PUBLIC.contains(&operation.name.as_str())) {
            assert!(!operation.needs.is_empty(), "{} has no row", operation.name);
            let may = operation.needs.iter().all(|needed| role.permissions().contains(needed));
            let request = browser.request(operation.method.clone(), &operation.path, None).header("origin", &door.base);
            let status = request.send().await.unwrap().status().as_u16();
            assert_ne!(status, 401, "{} by {role:?}", operation.name);
            assert_eq!(status == 403, !may, "{} by {role:?}: {status}", operation.name);
            if may { let_in += 1 } else { refused += 1 }
        }
    }
    // Each of both is a good part of the matrix: neither a door that is open nor one that is shut would pass.
    assert!(let_in > 200 && refused > 200, "{let_in} let in, {refused} refused");
}
