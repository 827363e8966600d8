//! The company: who is whose superior, who has which role, who has left and when the hub heard of it.

use super::{Office, is_calm, spawn};
use crate::world::{World, lock};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::catalog::Catalog;
use waybill::domain::directory::{Department, Directory, RoleGrant, User, Wishes};
use waybill::domain::text::title::Title;

/// Whoever runs the flows, and never leaves.
pub const BOSS: &str = "p00";

/// The company's rules, without anybody's having left.
pub struct Company {
    /// Everybody and their managers.
    pub managers: BTreeMap<String, Option<String>>,
    /// Roles and who has them.
    pub roles: BTreeMap<&'static str, Vec<String>>,
}

fn id(number: u32) -> String {
    format!("p{number:02}")
}

impl Default for Company {
    /// A boss, four heads, eight leads (two of a head), sixteen others (two of a lead).
    fn default() -> Self {
        let mut managers = BTreeMap::from([(id(0), None)]);
        managers.extend((1..=4).map(|head| (id(head), Some(id(0)))));
        managers.extend((5..=12).map(|lead| (id(lead), Some(id((lead - 5) / 2 + 1)))));
        managers.extend((13..=28).map(|other| (id(other), Some(id((other - 13) / 2 + 5)))));
        let people = |numbers: &[u32]| numbers.iter().map(|number| id(*number)).collect();
        let roles = BTreeMap::from([
            ("flow_admin", people(&[0])),
            ("board", people(&[1, 2, 3, 4])),
            ("finance", people(&[5, 6, 13])),
            ("clerks", people(&[14, 15, 16])),
            ("legal", people(&[7, 8, 17])),
            ("audit", people(&[9, 10])),
        ]);
        Company { managers, roles }
    }
}

impl Company {
    /// The directory when these have left.
    pub fn directory(&self, left: &BTreeMap<String, SignedDuration>) -> Directory {
        let mut directory = Directory::default();
        directory.id = "people".into();
        for (person, manager) in &self.managers {
            let user = User {
                id: person.as_str().into(),
                name: person.as_str().into(),
                email: None,
                department: Some("company".into()),
                manager: manager.as_deref().map(Arc::from),
                language: None,
                channels: Vec::new(),
                wishes: Wishes::default(),
                active: !left.contains_key(person),
            };
            directory.users.insert(person.as_str().into(), user);
        }
        let department = Department { id: "company".into(), title: Title::read(None), parent: None, head: Some(BOSS.into()) };
        directory.departments.insert("company".into(), department);
        for (role, people) in &self.roles {
            let users = people.iter().map(|person| Arc::from(person.as_str())).collect();
            directory.roles.push(RoleGrant { role: (*role).into(), users, department: None, company: None });
        }
        directory
    }

    /// Everybody above somebody, the nearest first.
    pub fn above(&self, person: &str) -> Vec<String> {
        let mut above = Vec::new();
        let mut at = self.managers.get(person).cloned().flatten();
        while let Some(manager) = at {
            at = self.managers.get(&manager).cloned().flatten();
            above.push(manager);
        }
        above
    }
}

/// The same definitions with other people.
pub fn with(catalog: &Catalog, directory: &Directory) -> Catalog {
    let directory = Arc::new(directory.clone());
    let flows = catalog.flows.iter().map(|(id, version)| (id.clone(), Arc::new(version.with_directory(directory.clone()))));
    Catalog { flows: flows.collect(), directory, ..catalog.clone() }
}

/// Some people leave for good. Each replica hears of it a little later than the next.
pub fn leave(world: &Arc<World>, office: &Office) {
    let (leavers, over) = (office.leavers, world.plan.over);
    for _ in 0..leavers {
        let (world, wait) = (world.clone(), world.dice.between(Duration::from_secs(3_600), over + over / 2));
        spawn(&world.clone(), async move {
            world.executor.sleep(wait).await;
            if is_calm(&world) {
                return;
            }
            let staff = 1 + world.dice.below(28);
            let person = id(u32::try_from(staff).unwrap_or(1));
            if world.book().left.contains_key(&person) {
                return;
            }
            world.tell(|| format!("{person} leaves the company"));
            world.count("Left the company");
            let now = SignedDuration::try_from(world.executor.now()).unwrap_or_default();
            let left = {
                let mut book = world.book();
                book.left.insert(person, now);
                book.left.clone()
            };
            let catalog = with(&super::catalog(), &Company::default().directory(&left));
            publish(&world, Arc::new(catalog));
        });
    }
}

/// A release goes out: whoever starts from now on has it, those who run learn of it within half a minute.
fn publish(world: &Arc<World>, catalog: Arc<Catalog>) {
    let number = {
        let mut release = lock(&world.release);
        release.0 += 1;
        release.1.clone_from(&catalog);
        release.0
    };
    for replica in world.running() {
        let (world, catalog, wait) = (world.clone(), catalog.clone(), world.dice.millis(0, 30_000));
        spawn(&world.clone(), async move {
            world.executor.sleep(wait).await;
            replica.live.replace(catalog, number);
        });
    }
}

/// Now and then the clock of a replica is ten minutes off, and somebody sets it right again.
pub fn set_clocks(world: &Arc<World>, office: &Office) {
    let every = office.clocks_every;
    let world = world.clone();
    spawn(&world.clone(), async move {
        loop {
            world.executor.sleep(world.dice.between(Duration::ZERO, every * 2)).await;
            if is_calm(&world) {
                return;
            }
            let Some(replica) = world.some_replica() else { continue };
            let off = i64::try_from(world.dice.below(1_200_000)).unwrap_or(0) - 600_000;
            world.tell(|| format!("the clock of {} is set off by {off} ms", replica.owner));
            world.count("Clock set");
            replica.clock.set(SignedDuration::from_millis(off));
            world.executor.sleep(world.dice.between(Duration::from_secs(60), every)).await;
            replica.clock.set(SignedDuration::ZERO);
        }
    });
}
