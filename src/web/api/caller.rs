//! Who calls: the account behind an access key, narrowed to what the key allows, and the language that is wanted.

use std::ops::Deref;
use std::sync::Arc;

use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as Text;

use crate::access::Actor;
use crate::account::token::Bearer;
use crate::db::Db;
use crate::lang::Lang;
use crate::web::Site;

/// One call of an operation.
#[derive(Debug)]
pub(super) struct Call {
    /// The site, whose actor is the caller.
    pub site: Site,
    /// Whose key it is.
    pub bearer: Bearer,
}

impl Call {
    pub(super) fn db(&self) -> &Db {
        &self.site.db
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.site.actor
    }

    pub(super) fn lang(&self) -> Lang {
        self.site.lang
    }
}

/// The call, as an operation takes it; in the document it is the access key.
#[derive(SecurityScheme)]
#[oai(rename = "key", ty = "bearer", checker = "brought")]
pub(super) struct Caller(Arc<Call>);

impl Deref for Caller {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.0
    }
}

/// The door has looked at the key already, and left the call with the request.
async fn brought(req: &Request, _text: Text) -> Option<Arc<Call>> {
    req.data::<Arc<Call>>().cloned()
}
