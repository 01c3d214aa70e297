//! What watches a gateway: metrics and events as the README lists them, and a dashboard and alert rules
//! that speak of metrics that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use promql_parser::parser::{self, Expr};
use promql_parser::util::{ExprVisitor, walk_expr};
use regex::Regex;
use serde_json::Value;

use crate::harness::log::Log;
use crate::harness::server::Answer;
use crate::harness::{Lie, Request, World, lying};

const README: &str = include_str!("../../README.md");
const DASHBOARD: &str = include_str!("../../examples/monitoring/dashboard.json");
const ALERTS: &str = include_str!("../../examples/monitoring/alerts.yaml");

/// Metrics, each with the names of its labels.
type Metrics = BTreeMap<String, BTreeSet<String>>;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// What `/metrics` has to say of these lines.
fn metrics_in(page: &str) -> Metrics {
    let label = regex(r#"([a-z_]+)="(?:[^"\\]|\\.)*""#);
    let mut metrics = Metrics::new();
    let mut name = String::new();
    for line in page.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            rest.split(' ').next().unwrap().clone_into(&mut name);
            metrics.entry(name.clone()).or_default();
        } else if !line.starts_with('#') {
            assert!(line.starts_with(&name), "{line} stands under {name}");
            let names = label.captures_iter(line).map(|found| found[1].to_owned());
            let labels = metrics.get_mut(&name).expect("a TYPE comes first");
            labels.extend(names.filter(|name| name != "le"));
        }
    }
    metrics
}

/// What a gateway says that has seen a little of everything.
fn a_short_life() -> String {
    let world = lying(Lie::none().in_token_answer(|answer| *answer = Answer::HangUp));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "lie").expect(502);
    let down = world.usher.metric("usher_provider_up", &["provider=\"lie\""]);
    assert!(down < 0.5, "it does not answer");
    let reasons = ["provider=\"lie\"", "reason=\"provider.unreachable\""];
    assert!(world.usher.metric("usher_provider_failures_total", &reasons) > 0.5);
    world.sign_in(&mut ada, "honest").expect(200);
    assert!(world.usher.metric("usher_provider_up", &["provider=\"honest\""]) > 0.5);
    ada.get("/launch/townhall").expect(302);
    world.log_out_by("nonsense").expect(400);
    world.usher.ops("/metrics").expect(200).text()
}

/// The first cells of a table's rows with what stands in backticks there and in the next one.
fn table(head: &str) -> Vec<[BTreeSet<String>; 2]> {
    let quoted = regex("`([^`]+)`");
    let (_, rest) = README.split_once(head).expect("the table");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|');
        [(); 2].map(|()| {
            let cell = cells.next().expect("a cell");
            quoted
                .captures_iter(cell)
                .map(|found| found[1].to_owned())
                .collect()
        })
    })
    .collect()
}

#[test]
fn the_readme_lists_each_metric_with_its_labels_and_no_other() {
    let told: Metrics = table("| metric | labels | |")
        .into_iter()
        .map(|[name, labels]| (name.into_iter().next().expect("a name"), labels))
        .collect();
    assert_eq!(told, metrics_in(&a_short_life()));
}

#[test]
fn the_readme_lists_each_event_and_no_other() {
    let event = regex(r#"(?:event(?: =|:)|under\(|\.log\() ?"([a-z_.]+)""#);
    let mut said = BTreeSet::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(directory) = directories.pop() {
        for path in fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                said.extend(event.captures_iter(&text).map(|found| found[1].to_owned()));
            }
        }
    }
    let rows = table("| event | when | `reason` starts with |").into_iter();
    let told: BTreeSet<String> = rows.flat_map(|[names, _]| names).collect();
    assert_eq!(told, said);
}

#[test]
fn json_lines_have_the_same_keys_each_time() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.get("/launch/townhall").expect(302);
    ada.send(Request::get("/launch/nothing"));
    world.usher.logged("launch");
    let lines = Log::lines(&world.usher.log.text());
    let keys = |line: &Value| -> Vec<String> { line.as_object().unwrap().keys().cloned().collect() };
    for line in lines.iter().filter(|line| line["event"] == "request") {
        let all = [
            "timestamp",
            "level",
            "event",
            "request_id",
            "method",
            "route",
            "status",
            "microseconds",
        ];
        assert_eq!(keys(line), all);
    }
    for line in &lines {
        for key in ["timestamp", "level", "event"] {
            assert!(line[key].is_string(), "no {key} in {line}");
        }
    }
}

/// Collects the names of the metrics that an expression reads.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl ExprVisitor for Names {
    type Error = String;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, String> {
        let selector = match expr {
            Expr::VectorSelector(selector) => selector,
            Expr::MatrixSelector(matrix) => &matrix.vs,
            _ => return Ok(true),
        };
        self.0.extend(selector.name.clone());
        Ok(true)
    }
}

/// The metrics that an expression of Prometheus reads, as their types name them.
fn names(expr: &str) -> Result<BTreeSet<String>, String> {
    // Grafana puts the first in, and takes the second for a list of names.
    let expr = parser::parse(&expr.replace("$__rate_interval", "5m"))?;
    let mut names = Names::default();
    walk_expr(&mut names, &expr)?;
    let histogram = |name: String| name.strip_suffix("_bucket").unwrap_or(&name).to_owned();
    Ok(names.0.into_iter().map(histogram).collect())
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_exist() {
    let known = metrics_in(&a_short_life());
    let mut asked = BTreeSet::new();
    for (place, expr) in dashboard().into_iter().chain(alerts()) {
        let names = names(&expr).unwrap_or_else(|error| panic!("{place}: {expr}: {error}"));
        assert!(!names.is_empty(), "{place} asks for nothing: {expr}");
        for name in names {
            assert!(known.contains_key(&name), "{place} asks for {name}");
            asked.insert(name);
        }
    }
    let unseen: Vec<_> = known.keys().filter(|name| !asked.contains(*name)).collect();
    assert!(unseen.is_empty(), "nobody looks at {unseen:?}");
}

#[test]
fn an_expression_that_is_broken_is_found() {
    for broken in [
        "sum(rate(a[5m])",
        "a >",
        "rate(a)",
        "sum by app (a)",
        "a{b=c}",
        "nonsense(a)",
    ] {
        assert!(names(broken).is_err(), "{broken}");
    }
    let found = names("rate(a_bucket{x=~\"$app\"}[$__rate_interval]) > on () b").unwrap();
    assert_eq!(found, ["a", "b"].map(str::to_owned).into());
}

/// The dashboard's expressions, after a look at what Grafana wants of a file to import.
fn dashboard() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    for key in ["uid", "title"] {
        assert!(
            dashboard[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
    assert!(
        dashboard["schemaVersion"]
            .as_u64()
            .is_some_and(|version| version >= 36)
    );
    assert!(dashboard["id"].is_null(), "Grafana gives it one");
    let variables = dashboard["templating"]["list"].as_array().expect("variables");
    let named = |name: &str| variables.iter().find(|variable| variable["name"] == name);
    assert_eq!(
        named("datasource").expect("a data source to choose")["type"],
        "datasource"
    );
    let used = regex(r"\$([a-z]+)\b");
    let (mut ids, mut taken, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title").to_owned();
        assert!(
            ids.insert(panel["id"].as_u64().expect("an id")),
            "{title}: an id twice"
        );
        let [x, y, width, height] =
            ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().expect("a place"));
        assert!(
            width > 0 && height > 0 && x + width <= 24,
            "{title} is off the grid"
        );
        for place in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            assert!(taken.insert(place), "{title} lies on another panel");
        }
        if panel["type"] == "row" {
            continue;
        }
        assert!(
            ["timeseries", "stat"].contains(&panel["type"].as_str().unwrap()),
            "{title}"
        );
        for target in panel["targets"].as_array().expect("targets") {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            assert!(target["refId"].is_string(), "{title}");
            let expr = target["expr"].as_str().expect("an expression").to_owned();
            for variable in used.captures_iter(&expr) {
                assert!(
                    named(&variable[1]).is_some(),
                    "{title}: no variable {}",
                    &variable[1]
                );
            }
            found.push((title.clone(), expr));
        }
    }
    found
}

/// The rules' expressions, after a look at what Prometheus and whoever is woken want of a rule.
fn alerts() -> Vec<(String, String)> {
    let file: Value = serde_yaml_ng::from_str(ALERTS).expect("YAML");
    let groups = file["groups"].as_array().expect("groups").iter();
    let rules = groups.flat_map(|group| group["rules"].as_array().expect("rules"));
    let (duration, mut seen) = (regex("^[0-9]+[smhd]$"), BTreeSet::new());
    let read = |rule: &Value| {
        let name = rule["alert"].as_str().expect("a name").to_owned();
        assert!(seen.insert(name.clone()), "{name} stands twice");
        let known = ["alert", "expr", "for", "labels", "annotations"];
        let keys = rule.as_object().unwrap().keys();
        assert!(
            keys.into_iter().all(|key| known.contains(&key.as_str())),
            "{rule}"
        );
        assert!(
            rule["for"].as_str().is_none_or(|text| duration.is_match(text)),
            "{name}"
        );
        let severity = rule["labels"]["severity"].as_str().expect("a severity");
        assert!(["critical", "warning", "info"].contains(&severity), "{name}");
        for annotation in ["summary", "action"] {
            let text = rule["annotations"][annotation].as_str().unwrap_or_default();
            assert!(text.len() > 10, "{name} does not say its {annotation}");
        }
        (name, rule["expr"].as_str().expect("an expression").to_owned())
    };
    rules.map(read).collect()
}
