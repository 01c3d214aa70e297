//! Pages of the trail: by key and never by count, the same for ten million rows as for ten.
//!
//! A page looks at so many rows and no more. Where few of them pass the filter it is short, and the next
//! one goes on from where it stopped looking. The counts by hour tell which hours hold what is wanted.

use std::ops::Range;

use super::conditions::Conditions;
use super::db;
use super::trail_reader::{COLUMNS, ReadError, TrailReader, question, row};
use crate::audit::{Filter, Order, Position, Row, instant, moment};
use crate::types::Reference;

/// The most rows that a page looks at.
pub(super) const LOOK: i64 = 20_000;
/// The most hours that a page looks into, as each takes statements of its own.
const MOST_HOURS: i64 = 100;
/// Hours that are asked for at once.
const HOURS: i64 = 50;
/// The most subjects of one address: one person's at several providers.
const SUBJECTS: i64 = 50;

/// Some of the rows that pass a filter.
pub struct Page {
    pub rows: Vec<Row>,
    /// Where the next page begins; without one there is no more.
    pub next: Option<Position>,
}

/// What was found where one has looked.
struct Stretch {
    rows: Vec<Row>,
    looked: i64,
    /// The time of the last row that was looked at, where there are more.
    until: Option<String>,
}

impl TrailReader {
    /// Up to `most` rows that pass the filter, behind a place.
    pub async fn page(
        &mut self,
        filter: &Filter,
        order: Order,
        after: Option<&Position>,
        most: usize,
    ) -> Result<Page, ReadError> {
        let bounds = Conditions::bounds(filter, order, after);
        let found = if filter.reference.is_some() || filter.id.is_some() || filter.jti.is_some() {
            let exact = bounds.and_all(self.exact(filter));
            self.stretch(&exact, &Conditions::default(), order, most, self.look)
                .await?
        } else if let Some(person) = &filter.person {
            let ways = self.ways_to(person).await?;
            let look = (self.look / i64::try_from(ways.len()).unwrap_or(self.look)).max(1);
            let rest = self.rest(filter, false);
            let mut found = Vec::with_capacity(ways.len());
            for (way, also) in ways {
                let (at, rest) = (bounds.clone().and_all(way), rest.clone().and_all(also));
                found.push(self.stretch(&at, &rest, order, most, look).await?);
            }
            Stretch::merge(order, found)
        } else if filter.app.is_some() || filter.event.is_some() || filter.outcome.is_some() {
            return self.by_hours(filter, order, after, most).await;
        } else {
            self.stretch(&bounds, &self.rest(filter, true), order, most, self.look)
                .await?
        };
        Ok(found.page(order, most))
    }

    /// The newest rows that pass the filter, oldest of them first.
    pub async fn newest(&mut self, filter: &Filter, limit: u32) -> Result<Vec<Row>, ReadError> {
        let (most, mut rows, mut place) = (limit as usize, Vec::new(), None);
        loop {
            let wanted = most - rows.len();
            let page = self.page(filter, Order::Newest, place.as_ref(), wanted).await?;
            rows.extend(page.rows);
            place = page.next;
            if place.is_none() || rows.len() >= most {
                rows.reverse();
                return Ok(rows);
            }
        }
    }

    /// Reads only the hours in which something of the wanted kind is counted.
    async fn by_hours(
        &mut self,
        filter: &Filter,
        order: Order,
        after: Option<&Position>,
        most: usize,
    ) -> Result<Page, ReadError> {
        let bounds = Conditions::bounds(filter, order, after);
        let rest = self.rest(filter, true);
        let (mut rows, mut left, mut last) = (Vec::new(), self.look, None);
        loop {
            let hours = self.hours(filter, order, after, last.as_deref()).await?;
            let more = hours.len() == usize::try_from(HOURS).unwrap_or(usize::MAX);
            for hour in hours {
                if left <= 0 {
                    let next = last.map(|hour: String| Position::past(order.end_of(&hour), order));
                    return Ok(Page { rows, next });
                }
                let at = bounds
                    .clone()
                    .and("time >= ? AND time < ?", [hour.as_str(), &format!("{hour};")]);
                let found = self.stretch(&at, &rest, order, most - rows.len(), left).await?;
                left -= found.looked.max(self.look / MOST_HOURS);
                rows.extend(found.rows);
                if rows.len() > most || found.until.is_some() {
                    return Ok(Stretch { rows, ..found }.page(order, most));
                }
                last = Some(hour);
            }
            if !more {
                return Ok(Page { rows, next: None });
            }
        }
    }

    /// The next hours that may hold what is wanted.
    async fn hours(
        &mut self,
        filter: &Filter,
        order: Order,
        after: Option<&Position>,
        last: Option<&str>,
    ) -> Result<Vec<String>, ReadError> {
        let mut wanted = Conditions::of_kind(filter);
        let hour = |time: &str| time.chars().take(13).collect::<String>();
        if let Some(from) = filter.from {
            wanted = wanted.and("hour >= ?", [&*hour(&instant(from))]);
        }
        if let Some(to) = filter.to {
            wanted = wanted.and("hour <= ?", [&*hour(&instant(to))]);
        }
        if let Some(last) = last {
            wanted = wanted.and(order.pick("hour < ?", "hour > ?"), [last]);
        } else if let Some(place) = after {
            wanted = wanted.and(order.pick("hour <= ?", "hour >= ?"), [&*hour(&place.time)]);
        }
        let (text, direction) = (&wanted.text, order.pick("DESC", ""));
        let text = format!("SELECT DISTINCT hour FROM rollups{text} ORDER BY hour {direction} LIMIT {HOURS}");
        let hours = self.ask(question(text, wanted.values)).await?;
        Ok(hours
            .iter()
            .map(|row| row.get("hour"))
            .collect::<Result<_, _>>()?)
    }

    /// The subjects that a text names, itself or as an address, each with what must hold besides.
    async fn ways_to(&mut self, person: &str) -> Result<Vec<(Conditions, Conditions)>, ReadError> {
        let none = Conditions::default;
        let names = [person.to_owned(), self.key.person(person)];
        let [plain, hashed] = names.each_ref().map(String::as_str);
        let of = |subject: &str| none().and("sub = ?", [subject]);
        let addressed = none().and("email IN (?, ?)", [plain, hashed]);
        let mut ways = vec![
            (of(plain), none()),
            (of(hashed), none()),
            (none().and("sub IS NULL", []), addressed.clone()),
        ];
        let known = question(
            format!(
                "SELECT DISTINCT sub FROM audit WHERE email IN ($1, $2) AND event <> 'launch' \
                 AND sub IS NOT NULL AND sub NOT IN ($1, $2) LIMIT {SUBJECTS}"
            ),
            [plain.into(), hashed.into()],
        );
        for subject in self.ask(known).await? {
            ways.push((of(&subject.get::<String>("sub")?), addressed.clone()));
        }
        Ok(ways)
    }

    /// What leads to a record by a name of its own. A reference and an id say when that was, so that the
    /// index by time serves them.
    pub(super) fn exact(&self, filter: &Filter) -> Conditions {
        let by_reference = filter.reference.as_ref();
        let by_reference = by_reference.map(|reference| self.key.moment(reference));
        let moments = [by_reference, filter.id.map(moment)].into_iter().flatten();
        let all = moments.fold(Conditions::default(), |all, Range { start, end }| {
            all.and("time >= ? AND time < ?", [&*instant(start), &*instant(end)])
        });
        all.and_all(self.rest(filter, true))
    }

    /// What of the filter is no bound; the person only where no index leads to them.
    fn rest(&self, filter: &Filter, person: bool) -> Conditions {
        let mut rest = Conditions::of_kind(filter);
        let id = filter.id.map(|id| id.to_string());
        let texts = [
            ("reference = ?", filter.reference.as_ref().map(Reference::as_str)),
            ("id = ?", id.as_deref()),
            ("jti = ?", filter.jti.as_deref()),
            ("token_sha256 = ?", filter.token_sha256.as_deref()),
        ];
        for (condition, value) in texts {
            if let Some(value) = value {
                rest = rest.and(condition, [value]);
            }
        }
        match &filter.person {
            Some(plain) if person => {
                let hashed = self.key.person(plain);
                let names = [plain.as_str(), &hashed, plain, &hashed];
                rest.and("(sub IN (?, ?) OR email IN (?, ?))", names)
            }
            _ => rest,
        }
    }

    /// The rows at `at` for which `rest` holds, one more than wanted, as far as one may look.
    async fn stretch(
        &mut self,
        at: &Conditions,
        rest: &Conditions,
        order: Order,
        most: usize,
        look: i64,
    ) -> Result<Stretch, ReadError> {
        let direction = order.pick("DESC", "");
        let (mut at, mut looked, mut until) = (at.clone(), 0, None);
        if !rest.text.is_empty() {
            let (place, farthest) = (&at.text, order.pick("min", "max"));
            let text = format!(
                "SELECT count(*) AS looked, {farthest}(time) AS until \
                 FROM (SELECT time FROM audit{place} ORDER BY time {direction} LIMIT {look}) AS seen"
            );
            if let [seen] = &*self.ask(question(text, at.values.clone())).await? {
                looked = seen.get("looked")?;
                until = seen.get::<Option<String>>("until")?.filter(|_| looked == look);
            }
            if let Some(until) = &until {
                at = at.and(order.pick("time >= ?", "time <= ?"), [until.as_str()]);
            }
        }
        let all = at.and_all(rest.clone());
        let (columns, conditions, limit) = (&*COLUMNS, &all.text, most.saturating_add(1));
        let text = format!(
            "SELECT {columns} FROM audit{conditions} \
             ORDER BY time {direction}, writer {direction}, seq {direction} LIMIT {limit}"
        );
        let rows: Vec<db::Row> = self.ask(question(text, all.values)).await?;
        Ok(Stretch {
            rows: rows.iter().map(row).collect::<Result<_, _>>()?,
            looked,
            until,
        })
    }
}

impl Stretch {
    fn page(mut self, order: Order, most: usize) -> Page {
        let full = self.rows.len() > most;
        self.rows.truncate(most);
        let next = match self.rows.last() {
            Some(last) if full => Some(Position::of(last)),
            _ => self.until.map(|until| Position::past(until, order)),
        };
        Page {
            rows: self.rows,
            next,
        }
    }
}

impl Stretch {
    /// Several as one: only as far as one has looked in all of them.
    fn merge(order: Order, stretches: Vec<Self>) -> Self {
        let untils = stretches.iter().filter_map(|stretch| stretch.until.clone());
        let until = match order {
            Order::Newest => untils.max(),
            Order::Oldest => untils.min(),
        };
        let looked = stretches.iter().map(|stretch| stretch.looked).sum();
        let mut rows: Vec<(Position, Row)> = (stretches.into_iter().flat_map(|stretch| stretch.rows))
            .map(|row| (Position::of(&row), row))
            .filter(|(place, _)| match (&until, order) {
                (None, _) => true,
                (Some(until), Order::Newest) => place.time >= *until,
                (Some(until), Order::Oldest) => place.time <= *until,
            })
            .collect();
        rows.sort_by(|(a, _), (b, _)| match order {
            Order::Newest => b.cmp(a),
            Order::Oldest => a.cmp(b),
        });
        Self {
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            looked,
            until,
        }
    }
}
