//! Clicks on an app, over kept-alive connections: all from one thread, so that the clicking takes little of
//! the cores that it shares with what it measures.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

use super::connection::{Answer, Connection};

/// Longer than any click may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often somebody looks whether to go on, where nothing happens.
const GLANCE: Duration = Duration::from_millis(50);
/// What the alarm is called among the connections.
const ALARM: u64 = u64::MAX;

/// People who click. Their connections are kept from one time to the next.
pub struct Crowd<'a> {
    address: &'a (dyn Fn(usize) -> String + Sync),
    requests: Vec<String>,
    /// How many clicks there were; each is that of the next person.
    clicked: usize,
    places: Vec<Place>,
    idle: VecDeque<usize>,
    epoll: OwnedFd,
    alarm: OwnedFd,
}

#[derive(Default)]
struct Place {
    connection: Option<Connection>,
    /// From when on there is a click that waits for its answer.
    due: Option<Instant>,
}

/// What became of a click.
pub struct Click {
    /// From when it was due to the end of the answer.
    pub seconds: f64,
    /// 0 where there was no answer.
    pub status: u16,
    /// The hash of the token that left.
    pub token: Option<[u8; 32]>,
}

impl Click {
    pub fn launched(&self) -> bool {
        self.status == 302 && self.token.is_some()
    }
}

impl<'a> Crowd<'a> {
    /// People with these cookies who share so many connections, and click on this app. `address` says where a
    /// connection of this number goes; it is asked whenever one is made.
    pub fn new(
        address: &'a (dyn Fn(usize) -> String + Sync),
        app: &str,
        cookies: &[String],
        connections: usize,
    ) -> Self {
        let request = |cookie| {
            format!(
                "GET /launch/{app} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n"
            )
        };
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect(DESCRIPTOR);
        let alarm = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC).expect(DESCRIPTOR);
        let number = epoll::EventData::new_u64(ALARM);
        epoll::add(&epoll, &alarm, number, epoll::EventFlags::IN).expect(DESCRIPTOR);
        Self {
            address,
            requests: cookies.iter().map(request).collect(),
            clicked: 0,
            places: (0..connections).map(|_| Place::default()).collect(),
            idle: (0..connections).collect(),
            epoll,
            alarm,
        }
    }

    pub fn connections(&self) -> usize {
        self.places.len()
    }

    /// Clicks for as long as `wanted` says of the number of the next click: so many a second, or as many as
    /// go through.
    pub fn click(&mut self, pace: Option<f64>, wanted: impl Fn(usize) -> bool) -> Vec<Click> {
        let began = Instant::now();
        let mut clicks = Vec::new();
        let mut events = Vec::with_capacity(self.places.len() + 1);
        let (mut next, mut glanced) = (0, began);
        // At first, only connections that have closed since the last time say something.
        let mut wait = Duration::from_nanos(1);
        loop {
            self.sleep(wait, &mut events);
            for event in events.drain(..) {
                let number = event.data.u64();
                if number != ALARM {
                    clicks.extend(self.go_on(usize::try_from(number).expect("a place")));
                }
            }
            if glanced.elapsed() > GLANCE {
                glanced = Instant::now();
                clicks.extend(self.give_up());
            }
            wait = GLANCE;
            while let Some(&place) = self.idle.front()
                && wanted(next)
            {
                let now = Instant::now();
                let due = pace.map_or(now, |pace| began + Duration::from_secs_f64(count(next) / pace));
                if due > now {
                    wait = GLANCE.min(due - now);
                    break;
                }
                self.idle.pop_front();
                clicks.extend(self.begin(place, due));
                next += 1;
            }
            if self.idle.len() == self.places.len() && !wanted(next) {
                return clicks;
            }
        }
    }

    /// Until something comes, or for so long.
    fn sleep(&self, wait: Duration, events: &mut Vec<epoll::Event>) {
        let zero = Timespec::default();
        // Its own end is in milliseconds, too coarse for an even pace.
        let once = Itimerspec {
            it_interval: zero,
            it_value: Timespec::try_from(wait).unwrap_or(zero),
        };
        timerfd_settime(&self.alarm, TimerfdTimerFlags::empty(), &once).expect(DESCRIPTOR);
        match epoll::wait(&self.epoll, spare_capacity(events), None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// A click, and what became of it if that is known at once.
    fn begin(&mut self, number: usize, due: Instant) -> Option<Click> {
        let request = &self.requests[self.clicked % self.requests.len()];
        self.clicked += 1;
        let place = &mut self.places[number];
        place.due = Some(due);
        let connection = match &mut place.connection {
            Some(connection) => Ok(connection),
            None => {
                connect(&self.epoll, number, &(self.address)(number)).map(|new| place.connection.insert(new))
            }
        };
        match connection.and_then(|connection| connection.send(request)) {
            Ok(()) => None,
            Err(_) => self.end(number, None),
        }
    }

    /// What became of a click whose connection has something to say.
    fn go_on(&mut self, number: usize) -> Option<Click> {
        match self.places[number].connection.as_mut()?.receive() {
            Ok(None) => None,
            Ok(answer) => self.end(number, answer),
            Err(_) => self.end(number, None),
        }
    }

    fn end(&mut self, number: usize, answer: Option<Answer>) -> Option<Click> {
        let place = &mut self.places[number];
        let (status, token) = answer.map_or((0, None), |answer| (answer.status, answer.token));
        if status != 302 {
            // What follows the head is nobody's business.
            place.connection = None;
        }
        // A connection may also close while nobody clicks.
        let due = place.due.take()?;
        self.idle.push_back(number);
        Some(Click {
            seconds: due.elapsed().as_secs_f64(),
            status,
            token: token.and_then(|token| {
                let hash = digest::digest(&digest::SHA256, token.as_bytes());
                hash.as_ref().try_into().ok()
            }),
        })
    }

    fn give_up(&mut self) -> Vec<Click> {
        let late = |place: &Place| place.due.is_some_and(|due| due.elapsed() > PATIENCE);
        let late: Vec<usize> = (0..self.places.len())
            .filter(|&number| late(&self.places[number]))
            .collect();
        late.into_iter()
            .filter_map(|number| self.end(number, None))
            .collect()
    }
}

const DESCRIPTOR: &str = "a file descriptor of the system's";

fn connect(epoll: &OwnedFd, number: usize, address: &str) -> io::Result<Connection> {
    let connection = Connection::open(address)?;
    let number = epoll::EventData::new_u64(number as u64);
    epoll::add(epoll, &connection, number, epoll::EventFlags::IN)?;
    Ok(connection)
}

#[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
pub fn count(number: usize) -> f64 {
    number as f64
}
