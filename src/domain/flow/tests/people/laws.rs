//! Laws that hold after any acts of anybody.

use super::support::*;
use super::walk::{self, Walk, random};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever people do in whatever order, in whichever of the flows: nothing is decided twice or by who may not, somebody
    /// always has the turn, the end is one end.
    #[test]
    fn whatever_people_do_nothing_is_stuck_and_nothing_is_decided_twice(
        flow in 0..walk::FLOWS.len(),
        acts in proptest::collection::vec(random(), 1..60),
    ) {
        let worlds = walk::Worlds::new();
        let flow = worlds.flow(flow);
        let mut walk = Walk::new(&flow, &worlds, Play::new(&flow, worlds.all_there()));
        for act in &acts {
            walk.step(act, None)?;
        }
    }
}
