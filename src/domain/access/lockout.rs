//! How long an account waits after wrong passwords.
//!
//! An attempt is counted before its password is looked at, so that many at once cannot all be the first. Waits are short at
//! first: whoever knows a name must not be able to keep its owner out for long.

/// From this many failures in a row on, the account waits this many seconds, counted from the last attempt.
pub const STEPS: [(u32, i64); 3] = [(5, 60), (10, 15 * 60), (15, 60 * 60)];

/// Seconds to wait after so many failures in a row; none while there are few.
pub fn wait_seconds(failures: u32) -> Option<i64> {
    STEPS.iter().rev().find(|(from, _)| failures >= *from).map(|(_, seconds)| *seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_at_the_fifth_failure_and_grow_to_an_hour() {
        let cases = [(0, None), (4, None), (5, Some(60)), (9, Some(60)), (10, Some(900)), (15, Some(3600)), (u32::MAX, Some(3600))];
        for (failures, expected) in cases {
            assert_eq!(wait_seconds(failures), expected, "{failures}");
        }
    }
}
