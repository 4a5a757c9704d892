use super::super::cycle::{KINDS, Step, classify};
use super::super::existence;
use super::*;
use crate::number::number;
use crate::transactions::dependency_graph::GraphBuilder;
use crate::transactions::models::{AnomalySet, all_stronger, implied};
use Anomaly as A;
use Edge::{Process, Realtime, Rw, Wr, Ww};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn graph(nodes: usize, edges: &[(u32, u32, Edge)]) -> Graph {
    let mut builder = GraphBuilder::new(nodes);
    for (from, to, edge) in edges {
        builder.add(*from, *to, *edge);
    }
    builder.build()
}

/// A cycle with these edges, one node for each edge.
fn ring(edges: &[Edge]) -> Graph {
    let nodes = edges.len();
    let edges: Vec<_> =
        (0..).zip(edges).map(|(from, edge)| (from, (from + 1) % number(nodes), *edge)).collect();
    graph(nodes, &edges)
}

fn search(graph: &Graph) -> CycleSearch {
    find_cycles(graph, Precedence::WriteFirst, None, &mut Budget::new(u64::MAX))
}

fn names(search: &CycleSearch) -> Vec<&'static str> {
    search.cycles.iter().map(|cycle| cycle.anomaly.name()).collect()
}

#[test]
fn every_kind_of_cycle_has_its_name() {
    for (edges, name) in [
        (&[Ww, Ww][..], "G0"),
        (&[Ww, Wr], "G1c"),
        (&[Wr, Wr, Wr], "G1c"),
        (&[Rw, Wr], "G-single-item"),
        (&[Ww, Rw, Wr], "G-single-item"),
        (&[Rw, Wr, Rw, Ww], "G-nonadjacent-item"),
        (&[Rw, Rw], "G2-item"),
        (&[Rw, Ww, Rw], "G2-item"),
    ] {
        assert_eq!(names(&search(&ring(edges))), [name], "{edges:?}");
        for (order, suffix) in [(Process, "-process"), (Realtime, "-realtime")] {
            // A step in the order of time or of a process, between any two.
            let mut with_order = edges.to_vec();
            with_order.push(order);
            let name = match (name, edges) {
                ("G2-item", [Rw, Rw]) => "G2-item",
                // The order comes between the two.
                ("G2-item", _) => "G-nonadjacent-item",
                (name, _) => name,
            };
            let expected = format!("{name}{suffix}");
            assert_eq!(names(&search(&ring(&with_order))), [expected], "{with_order:?}");
        }
    }
}

#[test]
fn no_cycle_no_anomaly() {
    let order = graph(3, &[(0, 1, Ww), (1, 2, Rw), (0, 2, Realtime)]);
    assert_eq!(search(&order), CycleSearch::default());
    assert_eq!(search(&graph(0, &[])), CycleSearch::default());
}

#[test]
fn severe_anomalies_hide_what_they_imply_in_their_component_alone() {
    // 0 and 1 write in both orders; 1 and 2 read past each other; so do 3 and 4.
    let edges =
        [(0, 1, Ww), (1, 0, Ww), (1, 2, Rw), (2, 1, Wr), (2, 1, Rw), (3, 4, Rw), (4, 3, Rw)];
    assert_eq!(names(&search(&graph(5, &edges))), ["G-single-item", "G0", "G2-item"]);
}

#[test]
fn a_pair_with_several_edges_is_reported_with_one() {
    // Real time alone contradicts the writes, but the pair that it orders also depends otherwise.
    let edges = [(0, 1, Wr), (0, 1, Realtime), (1, 0, Ww)];
    assert_eq!(names(&search(&graph(2, &edges))), ["G1c"]);
    let edges = [(0, 1, Rw), (0, 1, Realtime), (1, 2, Rw), (2, 0, Ww)];
    assert_eq!(names(&search(&graph(3, &edges))), ["G2-item"]);
}

#[test]
fn registers_are_reported_reads_first() {
    let both = graph(2, &[(0, 1, Ww), (0, 1, Wr), (1, 0, Ww)]);
    assert_eq!(names(&search(&both)), ["G0"]);
    let found = find_cycles(&both, Precedence::ReadFirst, None, &mut Budget::new(u64::MAX));
    assert_eq!(names(&found), ["G1c"]);
}

#[test]
fn a_cycle_begins_with_its_lowest_transaction() {
    let found = search(&graph(5, &[(4, 2, Wr), (2, 3, Ww), (3, 4, Rw)]));
    let step = |txn, edge| Step { txn, edge };
    assert_eq!(found.cycles[0].steps, [step(2, Ww), step(3, Rw), step(4, Wr)]);
}

#[test]
fn nonadjacent_ways_must_not_come_to_a_node_twice() {
    // Through 0 go a cycle of writes and one of two anti-dependencies in a row: one closed walk,
    // without two in a row if it takes the writes in between, but not a cycle.
    let mut edges = vec![(0, 1, Ww), (1, 0, Ww), (0, 2, Rw), (2, 3, Ww), (3, 0, Rw)];
    let found = search(&graph(4, &edges));
    assert_eq!(names(&found), ["G0", "G2-item"]);
    assert!(found.existing.iter().any(|cycle| cycle.anomaly == A::Pl1CycleExists));
    // With a detour, there is a cycle.
    edges.extend([(3, 4, Rw), (4, 0, Wr)]);
    assert_eq!(names(&search(&graph(5, &edges))), ["G0", "G-nonadjacent-item"]);
}

#[test]
fn what_exists_is_said_of_the_weakest_models() {
    let exist = |edges: &[(u32, u32, Edge)]| {
        let found = search(&graph(4, edges)).existing;
        found.iter().map(|cycle| cycle.anomaly.name()).collect::<Vec<_>>()
    };
    assert_eq!(exist(&[(0, 1, Ww), (1, 0, Ww)]), ["PL-1-cycle-exists"]);
    assert_eq!(exist(&[(0, 1, Ww), (1, 0, Wr)]), ["PL-2-cycle-exists"]);
    assert_eq!(exist(&[(0, 1, Rw), (1, 0, Wr)]), ["PL-SI-cycle-exists", "PL-2.99-cycle-exists"]);
    assert_eq!(exist(&[(0, 1, Rw), (1, 0, Rw)]), ["PL-2.99-cycle-exists"]);
    assert_eq!(exist(&[(0, 1, Realtime), (1, 0, Rw)]), ["strong-snapshot-isolation-cycle-exists"]);
    assert_eq!(exist(&[(0, 1, Process), (1, 0, Ww)]), ["strong-session-PL-1-cycle-exists"]);
}

#[test]
fn existence_is_left_out_where_more_is_known() {
    let set = |anomalies: &[A]| anomalies.iter().copied().collect::<AnomalySet>();
    let all = set(&[A::G1a, A::Pl1CycleExists, A::Pl2CycleExists, A::PlSsCycleExists]);
    let left = existence::without_redundant_existence(all);
    assert_eq!(left, set(&[A::G1a, A::Pl1CycleExists]));
}

#[test]
fn subgraphs_are_described_as_in_the_reference() {
    let found = search(&graph(2, &[(0, 1, Rw), (1, 0, Wr)])).existing;
    let text = format!("{:?}", found[0].subgraph.to_value());
    for word in ["extension", "ww", "wwp", "wr", "wrp", "rw", "rwp"] {
        assert!(text.contains(word), "{word} {text}");
    }
    // A step from here: what it wrote was read, and that read a version that it replaced.
    assert_eq!(found[0].transactions, [1]);
}

/// Every node depends on every other, directly or indirectly.
fn tangle(nodes: u32) -> Graph {
    let mut builder = GraphBuilder::new(nodes as usize);
    let mut state = 1_u32;
    for from in 0..nodes {
        for _ in 0..6 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            builder.add(from, (state >> 8) % nodes, Rw);
        }
        builder.add(from, (from + 1) % nodes, Rw);
    }
    builder.build()
}

#[test]
fn a_spent_budget_gives_a_partial_answer_that_says_so() {
    let found =
        find_cycles(&ring(&[Rw, Rw, Rw]), Precedence::WriteFirst, None, &mut Budget::new(0));
    assert_eq!((names(&found), found.unfinished), (vec!["G2-item"], vec![]));
    // Each has a path back to each of its writers, but too long a path.
    let nodes = 300;
    let mut edges = Vec::new();
    for node in 0..nodes {
        edges.push((node, (node + 1) % nodes, Rw));
        edges.push((node, (node + 7) % nodes, Rw));
    }
    for node in 0..nodes / 2 {
        edges.push((2 * node, 2 * node + 1, Ww));
        edges.push(((2 * node + 150) % nodes, 2 * node, Wr));
    }
    let graph = graph(nodes as usize, &edges);
    let found = find_cycles(&graph, Precedence::WriteFirst, None, &mut Budget::new(0));
    assert!(found.cycles.len() + found.unfinished.len() > 0, "{found:?}");
    for cycle in &found.cycles {
        is_real(&graph, cycle, Precedence::WriteFirst);
    }
}

#[test]
fn a_large_tangle_ends() {
    let graph = tangle(20_000);
    let mut budget = Budget::new(5_000_000);
    let found = find_cycles(&graph, Precedence::WriteFirst, None, &mut budget);
    assert_eq!(names(&found), ["G2-item"]);
    is_real(&graph, &found.cycles[0], Precedence::WriteFirst);
}

#[test]
fn a_kind_whose_first_cycle_is_classified_otherwise_is_dropped_as_by_the_reference() {
    // From one of the reference's histories, with its indices.
    let graph = graph(
        5,
        &[
            (0, 1, Ww),
            (0, 4, Wr),
            (1, 0, Rw),
            (1, 2, Wr),
            (1, 3, Ww),
            (1, 3, Rw),
            (1, 4, Wr),
            (2, 0, Rw),
            (2, 3, Rw),
            (3, 1, Ww),
            (3, 1, Rw),
            (3, 4, Ww),
            (3, 4, Rw),
            (4, 1, Rw),
            (4, 3, Rw),
        ],
    );
    let index_of = |node: u32| [3, 5, 7, 9, 11][node as usize];
    let mut budget = Budget::of(crate::criteria::DEFAULT_SEARCH_BUDGET);
    let found = find_cycles(&graph, Precedence::WriteFirst, Some(&index_of), &mut budget);
    assert_eq!(names(&found), ["G0", "G-nonadjacent-item"]);
    found.cycles.iter().for_each(|cycle| is_real(&graph, cycle, Precedence::WriteFirst));
    assert_eq!(names(&search(&graph)), ["G-single-item", "G0"]);
}

#[test]
fn a_transaction_that_comes_before_itself_counts_in_a_component() {
    let mut builder = GraphBuilder::new(3);
    builder.add_loop(0, Wr);
    builder.add_loop(2, Wr);
    builder.add(0, 1, Rw);
    builder.add(1, 0, Rw);
    let graph = builder.build();
    for indices in [None, Some(&u64::from as &dyn Fn(u32) -> u64)] {
        let found = find_cycles(
            &graph,
            Precedence::ReadFirst,
            indices,
            &mut Budget::of(crate::criteria::DEFAULT_SEARCH_BUDGET),
        );
        let mut names = names(&found);
        names.sort_unstable();
        // Not of transaction 2, which is alone: as in the reference.
        assert_eq!(names, ["G1c", "G2-item"]);
        found.cycles.iter().for_each(|cycle| is_real(&graph, cycle, Precedence::ReadFirst));
        let exists: Vec<_> = found.existing.iter().map(|it| it.anomaly).collect();
        assert_eq!(exists, [A::Pl2CycleExists]);
        assert_eq!(found.existing[0].transactions, [0]);
    }
}

/// Fails unless the cycle has edges that exist, classified as they should be, no transaction twice,
/// and the right name.
fn is_real(graph: &Graph, cycle: &Cycle, precedence: Precedence) {
    let steps = &cycle.steps;
    for (step, next) in steps.iter().zip(steps.iter().cycle().skip(1)) {
        let reasons = graph.reasons(step.txn, next.txn);
        assert_eq!(precedence.first(reasons), EdgeSet::of(step.edge), "{cycle:?}");
    }
    let nodes: BTreeSet<u32> = steps.iter().map(|step| step.txn).collect();
    assert_eq!(nodes.len(), steps.len(), "{cycle:?}");
    assert_eq!(nodes.first(), Some(&steps[0].txn));
    assert_eq!(classify(steps), Some(cycle.anomaly));
}

/// Every cycle of a graph that comes to no node twice, beginning with its lowest.
fn all_cycles(graph: &Graph) -> Vec<Vec<u32>> {
    fn extend(graph: &Graph, way: &mut Vec<u32>, cycles: &mut Vec<Vec<u32>>) {
        for (next, _) in graph.successors(*way.last().unwrap()) {
            if next == way[0] {
                cycles.push(way.clone());
            } else if next > way[0] && !way.contains(&next) {
                way.push(next);
                extend(graph, way, cycles);
                way.pop();
            }
        }
    }
    let mut cycles = Vec::new();
    for start in 0..number(graph.node_count()) {
        extend(graph, &mut vec![start], &mut cycles);
    }
    cycles
}

/// The anomalies that the reference would report of one component if it tried every cycle: each
/// anomaly with the length of its shortest cycle; `None` if that depends on the order of its
/// search.
fn by_hand(graph: &Graph, nodes: &[u32], precedence: Precedence) -> BTreeMap<A, Option<usize>> {
    let own = graph.induced(nodes, &mut vec![0; graph.node_count()]);
    let pairs = |cycle: &[u32]| -> Vec<EdgeSet> {
        let next = cycle.iter().cycle().skip(1);
        cycle.iter().zip(next).map(|(from, to)| own.reasons(*from, *to)).collect()
    };
    let cycles: Vec<Vec<EdgeSet>> = all_cycles(&own).iter().map(|cycle| pairs(cycle)).collect();
    let explained = |cycle: &[EdgeSet]| {
        let edges = cycle.iter().map(|set| precedence.first(*set).iter().next().unwrap());
        classify(&edges.map(|edge| Step { txn: 0, edge }).collect::<Vec<_>>())
    };
    let mut redundant = excluded_anomalies(&existing_cycles(&own));
    let mut found = BTreeMap::new();
    for spec in &SPECS {
        if redundant.contains(spec.anomaly) {
            continue;
        }
        let exact = cycles.iter().filter(|cycle| explained(cycle) == Some(spec.anomaly));
        let shortest = exact.map(Vec::len).min();
        let may_be = |cycle: &&Vec<EdgeSet>| cycle.iter().all(|set| set.intersects(spec.edges));
        if let Some(length) = shortest {
            found.insert(spec.anomaly, Some(length));
        } else if spec.may_be_other && cycles.iter().any(|cycle| may_be(&cycle)) {
            // Any of them may represent the kind.
            for other in cycles.iter().filter(may_be) {
                let _ = found.entry(explained(other).unwrap()).or_insert(None);
            }
        } else {
            continue;
        }
        redundant = redundant.union(all_implied([spec.anomaly]));
    }
    found
}

fn edges(orders: &'static [Edge]) -> impl Strategy<Value = Vec<(u32, u32, Edge)>> {
    let edge = (0_u32..7, 0_u32..7, prop::sample::select(vec![Ww, Wr, Rw, Rw]));
    // The orders of time and processes only lead forward.
    let order = (0_u32..7, 0_u32..7, prop::sample::select(orders))
        .prop_map(|(a, b, edge)| (a.min(b), a.max(b), edge));
    (prop::collection::vec(edge, 0..14), prop::collection::vec(order, 0..6))
        .prop_map(|(edges, orders)| edges.into_iter().chain(orders).collect())
}

fn agrees(graph: &Graph, precedence: Precedence) -> Result<(), TestCaseError> {
    let found = find_cycles(graph, precedence, None, &mut Budget::new(u64::MAX));
    prop_assert_eq!(&found.unfinished, &vec![]);
    let all = Components::of(&graph.masked(EdgeSet::ALL));
    let mut rest = &found.cycles[..];
    for nodes in all.groups(|_| true) {
        let (own, others): (Vec<_>, Vec<_>) =
            rest.iter().partition(|cycle| nodes.contains(&cycle.steps[0].txn));
        prop_assert_eq!(own.len() + others.len(), rest.len());
        rest = &rest[own.len()..];
        let expected = by_hand(graph, &nodes, precedence);
        for cycle in &own {
            is_real(graph, cycle, precedence);
            if let Some(Some(length)) = expected.get(&cycle.anomaly) {
                prop_assert_eq!(cycle.steps.len(), *length, "{:?}", cycle);
            }
        }
        let mut names: Vec<A> = own.iter().map(|cycle| cycle.anomaly).collect();
        names.sort_unstable();
        for (anomaly, length) in &expected {
            // Which other cycle replaces one that is classified as another kind is unspecified.
            prop_assert!(length.is_none() || names.contains(anomaly), "{} {:?}", anomaly, own);
        }
        if expected.values().all(Option::is_some) {
            prop_assert_eq!(names, expected.into_keys().collect::<Vec<_>>());
        }
    }
    prop_assert!(rest.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn searches_agree_with_trying_every_cycle(edges in edges(&[Realtime]), first in any::<bool>()) {
        let precedence = if first { Precedence::WriteFirst } else { Precedence::ReadFirst };
        agrees(&graph(7, &edges), precedence)?;
    }

    #[test]
    fn also_with_the_order_of_processes(edges in edges(&[Process])) {
        agrees(&graph(7, &edges), Precedence::WriteFirst)?;
    }

    #[test]
    fn what_exists_is_what_a_closure_shows(edges in edges(&[Realtime, Process])) {
        let graph = graph(7, &edges);
        let existing = existing_cycles(&graph);
        let exists = |subgraph: existence::Subgraph| {
            let mut reaches = [[false; 7]; 7];
            for from in 0..7_u32 {
                for (middle, _) in graph.successors(from).filter(|(_, r)| r.intersects(subgraph.union)) {
                    reaches[from as usize][middle as usize] = true;
                    for (to, _) in graph.successors(middle).filter(|(_, r)| subgraph.then_rw && r.contains(Rw)) {
                        reaches[from as usize][to as usize] = true;
                    }
                }
            }
            for middle in 0..7 {
                for from in 0..7 {
                    for to in 0..7 {
                        reaches[from][to] |= reaches[from][middle] && reaches[middle][to];
                    }
                }
            }
            (0..7).any(|node| reaches[node][node])
        };
        let mut ruled_out = BTreeSet::new();
        for (model, anomaly, subgraph) in existence::specs() {
            let is_new = !ruled_out.contains(&model) && exists(subgraph);
            prop_assert_eq!(existing.iter().any(|cycle| cycle.anomaly == anomaly), is_new, "{}", anomaly);
            if is_new {
                ruled_out.extend(all_stronger(model).iter());
            }
        }
    }
}

/// By how much anomalies outweigh others that they do not imply; of `elle.consistency-model`.
const OUTWEIGHS: [(A, &[A]); 8] = [
    (A::G0, &[A::G1c]),
    (A::G0Process, &[A::G1cProcess]),
    (A::G0Realtime, &[A::G1cRealtime]),
    (A::G1c, &[A::GSingle, A::G2Item]),
    (A::G1cProcess, &[A::GSingleProcess, A::G2ItemProcess]),
    (A::G1cRealtime, &[A::GSingleRealtime, A::G2ItemRealtime]),
    (A::G2, &[A::G0Process]),
    (A::G2Process, &[A::G0Realtime]),
];

#[test]
fn searches_are_ordered_by_severity() {
    fn depth(anomaly: A) -> usize {
        let leads = |other: &A| {
            let outweighs = OUTWEIGHS.iter().find(|(worse, _)| worse == other);
            implied(*other).contains(&anomaly)
                || outweighs.is_some_and(|(_, lesser)| lesser.contains(&anomaly))
        };
        A::ALL.iter().filter(|other| leads(other)).map(|other| depth(*other) + 1).max().unwrap_or(0)
    }
    let keys: Vec<_> =
        SPECS.iter().map(|spec| (depth(spec.anomaly), spec.anomaly.name())).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    let kinds: BTreeSet<A> = KINDS.into_iter().flatten().collect();
    assert_eq!(SPECS.iter().map(|spec| spec.anomaly).collect::<BTreeSet<_>>(), kinds);
}
