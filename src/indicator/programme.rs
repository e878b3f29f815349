//! Programmes: nobody fills them, so how far an organisation is follows from the reports that they read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::form::Form;
use crate::ids::OrgId;
use crate::org::Org;
use crate::period::Period;
use crate::report::State;
use crate::report::figures::Progress;

/// How far every organisation is in a programme, in the order given: it is as far as the furthest of its reports by the
/// forms that the programme reads.
pub(super) fn progress(form: &Form, period: Period, orgs: &[Arc<Org>], inputs: &[Vec<Progress>]) -> Vec<Progress> {
    let mut found: HashMap<OrgId, Progress> = HashMap::new();
    for one in inputs.iter().flatten().filter(|one| one.org.kind == form.about && is_sent(one.state)) {
        let known = found.entry(one.org.id).or_insert_with(|| one.clone());
        known.accepted |= one.accepted;
        known.sent_at = known.sent_at.max(one.sent_at);
        known.state = if known.accepted { State::Accepted } else { State::Sent };
    }
    let standing = |org: &Arc<Org>| {
        let expected = org.kind == form.about && org.is_expected(period.start(), period.end());
        match found.remove(&org.id) {
            Some(one) => Some(Progress { expected, ..one }),
            None if expected => {
                Some(Progress { org: org.clone(), expected, state: State::Empty, accepted: false, sent_at: None })
            }
            None => None,
        }
    };
    orgs.iter().filter_map(standing).collect()
}

fn is_sent(state: State) -> bool {
    matches!(state, State::Sent | State::Correcting | State::Accepted)
}
