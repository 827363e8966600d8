//! A flow as it is live, for what is measured of its instances.

use super::step_names::step_names;
use super::{Error, Publishing};
use crate::app::diagnosis::Words;
use crate::domain::calendar::Calendar;
use crate::domain::insight::Design;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The steps of a flow in their order, its calendar of working time, and what its steps are called.
pub type Measured = (Design, Option<Arc<Calendar>>, BTreeMap<String, Words>);

impl Publishing {
    /// What is known of a flow, for those who measure its instances.
    ///
    /// # Errors
    /// When no such flow is live.
    pub fn design_of(&self, flow: &str) -> Result<Measured, Error> {
        let live = self.live.now();
        let version = live.live(flow).ok_or(Error::NotFound("flow"))?;
        let flow = version.flow();
        let ids =
            |containers: bool| flow.steps.iter().filter(|step| step.is_container() == containers).map(|step| step.id.clone()).collect();
        let calendar = flow.calendar.as_deref().and_then(|id| live.catalog().calendars.get(id)).cloned();
        Ok((Design { steps: ids(false), containers: ids(true) }, calendar, step_names(flow)))
    }
}
