//! How the decisions of several people make the decision of a step.

use super::task::{Activation, Added, Task, TaskKind, TaskState};

/// How many must agree, and in which order they are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All, in any order; the first no ends it.
    #[default]
    All,
    /// Whoever decides first decides for all, either way.
    Any,
    /// Any one may agree; it fails when all have said no.
    AnyAgrees,
    /// One after the other; the first no ends it.
    Sequence,
    /// So many of a hundred, rounded up.
    Percent(u32),
    /// So many.
    Votes(u32),
    /// Whoever takes it first has it alone.
    Claim,
}

/// What a step's tasks come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not decided.
    Open,
    /// Agreed, or done.
    Passed,
    /// Refused by an approver.
    Rejected,
}

impl Mode {
    /// What the tasks come to under this mode. `veto` says whether a person's no ends a vote.
    pub fn verdict(self, activation: &Activation, veto: impl Fn(&str) -> bool) -> Verdict {
        let tasks: Vec<&Task> = activation.tasks.iter().filter(|task| task.kind.decides() && task.state.counts()).collect();
        let open = |task: &&&Task| task.state.is_open();
        let no = |task: &&&Task| task.state == TaskState::Rejected;
        // Somebody asked by another person decides for that person's share: their no is a no of the step in every mode.
        let added_no =
            tasks.iter().filter(no).any(|task| task.origin.is_some_and(|origin| origin.how == Added::Before || origin.how == Added::After));
        if added_no || tasks.iter().filter(no).any(|task| veto(&task.person)) {
            return Verdict::Rejected;
        }
        // Who was asked after somebody's yes must agree too before that yes counts for the step.
        let owed = tasks.iter().filter(open).any(|task| task.origin.is_some_and(|origin| origin.how == Added::After));
        let passed = if owed { Verdict::Open } else { Verdict::Passed };
        let yes = tasks.iter().filter(|task| task.state.is_passed()).count();
        match self {
            Mode::All | Mode::Sequence if tasks.iter().any(|task| no(&task)) => Verdict::Rejected,
            Mode::All | Mode::Sequence if tasks.iter().any(|task| open(&task)) => Verdict::Open,
            Mode::All | Mode::Sequence => passed,
            Mode::Any | Mode::Claim if tasks.iter().any(|task| no(&task)) => Verdict::Rejected,
            Mode::Any | Mode::Claim | Mode::AnyAgrees if yes > 0 => passed,
            Mode::Any | Mode::Claim => Verdict::Open,
            Mode::AnyAgrees if tasks.iter().any(|task| open(&task)) => Verdict::Open,
            Mode::AnyAgrees => Verdict::Rejected,
            Mode::Percent(_) | Mode::Votes(_) => {
                // Duties that became one person's are one vote: nobody said no by that, and all who are left must agree.
                let needed = self.needed(tasks.len()).min(tasks.len());
                let possible = yes + tasks.iter().filter(open).count();
                if yes >= needed {
                    passed
                } else if possible < needed {
                    Verdict::Rejected
                } else {
                    Verdict::Open
                }
            }
        }
    }

    /// How many of so many must agree.
    pub fn needed(self, total: usize) -> usize {
        match self {
            Mode::Percent(percent) => (total * percent as usize).div_ceil(100),
            Mode::Votes(votes) => votes as usize,
            Mode::Any | Mode::AnyAgrees | Mode::Claim => total.min(1),
            Mode::All | Mode::Sequence => total,
        }
    }

    /// The word in texts.
    pub fn word(self) -> String {
        match self {
            Mode::All => "all".to_owned(),
            Mode::Any => "any".to_owned(),
            Mode::AnyAgrees => "any_agrees".to_owned(),
            Mode::Sequence => "sequence".to_owned(),
            Mode::Percent(percent) => format!("{percent} %"),
            Mode::Votes(votes) => format!("{votes} votes"),
            Mode::Claim => "claim".to_owned(),
        }
    }
}

/// Tasks of people in the order they are asked under a mode.
pub fn tasks(mode: Mode, kind: TaskKind, people: &[String]) -> Vec<Task> {
    let mut tasks = Vec::with_capacity(people.len());
    for (number, person) in (0_u32..).zip(people) {
        let mut task = Task::of(person, kind);
        if mode == Mode::Sequence && number > 0 {
            task.after.push(number - 1);
        }
        tasks.push(task);
    }
    tasks
}
