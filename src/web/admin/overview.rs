//! `/admin`: how things are.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::{Admin, halls};
use crate::web::html;
use crate::web::pages::admin::{Hall, Overview};

pub async fn get(Admin(visit): Admin) -> HttpResponse {
    let page = Overview {
        shell: visit.shell(),
        halls: halls(&visit, Hall::Overview),
    };
    html(StatusCode::OK, &page)
}
