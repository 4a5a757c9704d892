//! The lattice of consistency models: what follows from the [`facts`](super::facts), and so the
//! models that a set of anomalies rules out.

use super::anomaly::{Anomaly, AnomalySet};
use super::facts::{forbidden, implied, weaker};
use crate::enum_set::{EnumSet, Member};
use glomers_config::ConsistencyModel;
use std::sync::LazyLock;

impl Member for ConsistencyModel {
    const MEMBERS: &'static [Self] = Self::ALL;

    fn number(self) -> u8 {
        self as u8
    }
}

/// A set of models.
pub(crate) type ModelSet = EnumSet<ConsistencyModel, 5>;

/// The item, and all that `next` leads to from there.
fn closure<T: Copy + PartialEq, S: FromIterator<T>>(item: T, next: impl Fn(T) -> Vec<T>) -> S {
    let mut found = vec![item];
    let mut looked_at = 0;
    while let Some(item) = found.get(looked_at).copied() {
        looked_at += 1;
        for item in next(item) {
            if !found.contains(&item) {
                found.push(item);
            }
        }
    }
    found.into_iter().collect()
}

/// The closures of every model and anomaly, each at its discriminant.
struct Lattice {
    implied: Vec<AnomalySet>,
    weaker: Vec<ModelSet>,
    stronger: Vec<ModelSet>,
    prohibited: Vec<AnomalySet>,
    impossible: Vec<ModelSet>,
}

static LATTICE: LazyLock<Lattice> = LazyLock::new(|| {
    let models = || ConsistencyModel::ALL.iter().copied();
    let anomalies = || Anomaly::ALL.iter().copied();
    let implied: Vec<AnomalySet> =
        anomalies().map(|anomaly| closure(anomaly, |next| implied(next).to_vec())).collect();
    let weaker_models: Vec<ModelSet> =
        models().map(|model| closure(model, |next| weaker(next).to_vec())).collect();
    let stronger: Vec<ModelSet> = models()
        .map(|model| {
            models().filter(|other| weaker_models[*other as usize].contains(model)).collect()
        })
        .collect();
    let prohibited = weaker_models
        .iter()
        .map(|weaker| {
            let direct: AnomalySet =
                weaker.iter().flat_map(|model| forbidden(model).iter().copied()).collect();
            let is_prohibited =
                |anomaly: &Anomaly| !implied[*anomaly as usize].intersection(direct).is_empty();
            anomalies().filter(is_prohibited).collect()
        })
        .collect();
    let impossible = implied
        .iter()
        .map(|present| {
            let is_ruled_out = |model: &ConsistencyModel| {
                forbidden(*model).iter().any(|anomaly| present.contains(*anomaly))
            };
            let direct = models().filter(is_ruled_out);
            direct.fold(ModelSet::EMPTY, |all, model| all.union(stronger[model as usize]))
        })
        .collect();
    Lattice { implied, weaker: weaker_models, stronger, prohibited, impossible }
});

/// The anomalies, and all that they imply.
pub(crate) fn all_implied(anomalies: impl IntoIterator<Item = Anomaly>) -> AnomalySet {
    let sets = anomalies.into_iter().map(|anomaly| LATTICE.implied[anomaly as usize]);
    sets.fold(AnomalySet::EMPTY, AnomalySet::union)
}

/// The model, and all weaker ones.
pub(crate) fn all_weaker(model: ConsistencyModel) -> ModelSet {
    LATTICE.weaker[model as usize]
}

/// The model, and all stronger ones: those that cannot hold if it does not.
pub(crate) fn all_stronger(model: ConsistencyModel) -> ModelSet {
    LATTICE.stronger[model as usize]
}

/// The anomalies that cannot be present if all of these models hold: those that they forbid, and
/// those that imply one of them.
pub(crate) fn anomalies_prohibited_by(
    models: impl IntoIterator<Item = ConsistencyModel>,
) -> AnomalySet {
    let sets = models.into_iter().map(|model| LATTICE.prohibited[model as usize]);
    sets.fold(AnomalySet::EMPTY, AnomalySet::union)
}

/// The models that cannot hold if these anomalies are present.
pub(crate) fn impossible_models(anomalies: impl IntoIterator<Item = Anomaly>) -> ModelSet {
    let sets = anomalies.into_iter().map(|anomaly| LATTICE.impossible[anomaly as usize]);
    sets.fold(ModelSet::EMPTY, ModelSet::union)
}

/// The models that anomalies rule out: the weakest models that cannot hold (`:not`), and all
/// stronger ones (`:also-not`), each by name.
pub(crate) fn boundary(found: &[Anomaly]) -> (Vec<ConsistencyModel>, Vec<ConsistencyModel>) {
    let impossible = impossible_models(found.iter().copied());
    let is_weakest = |model: &ConsistencyModel| {
        all_weaker(*model).iter().all(|other| other == *model || !impossible.contains(other))
    };
    impossible.iter().partition(is_weakest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Anomaly as A;
    use ConsistencyModel as M;

    fn names(models: &[M]) -> Vec<&'static str> {
        models.iter().map(|model| model.name()).collect()
    }

    #[test]
    fn the_lattice_has_no_cycles() {
        for model in M::ALL {
            let mut weaker = weaker(*model).iter();
            assert!(weaker.all(|other| !all_weaker(*other).contains(*model)), "{model}");
        }
        for anomaly in A::ALL {
            let implied = implied(*anomaly).iter().copied();
            assert!(!all_implied(implied).contains(*anomaly), "{anomaly}");
        }
    }

    #[test]
    fn stronger_models_forbid_at_least_as_much() {
        for model in M::ALL {
            let own = anomalies_prohibited_by([*model]);
            for other in all_weaker(*model).iter() {
                let theirs = anomalies_prohibited_by([other]);
                assert_eq!(theirs.intersection(own), theirs, "{model} {other}");
            }
        }
    }

    #[test]
    fn what_models_forbid() {
        let forbids = |model: M, anomaly| anomalies_prohibited_by([model]).contains(anomaly);
        // Aborted reads are allowed below read committed; write cycles never are.
        assert!(!forbids(M::ReadUncommitted, A::G1a) && forbids(M::ReadUncommitted, A::G0));
        for anomaly in [A::G1a, A::G1b, A::G1c, A::DirtyUpdate, A::IncompatibleOrder] {
            assert!(forbids(M::ReadCommitted, anomaly), "{anomaly}");
        }
        assert!(
            !forbids(M::ReadCommitted, A::GSingleItem) && !forbids(M::ReadCommitted, A::Internal)
        );
        // Snapshots forbid anti-dependencies apart from each other, not write skew.
        assert!(forbids(M::SnapshotIsolation, A::GNonadjacentItem));
        assert!(!forbids(M::SnapshotIsolation, A::G2Item) && forbids(M::RepeatableRead, A::G2Item));
        assert!(forbids(M::SnapshotIsolation, A::LostUpdate));
        // Time matters to strong models only.
        assert!(!forbids(M::Serializable, A::GSingleItemRealtime));
        assert!(forbids(M::StrongSerializable, A::G2ItemRealtime));
        assert!(forbids(M::StrongSessionSerializable, A::G2ItemProcess));
        assert!(!forbids(M::StrongSessionSerializable, A::G2ItemRealtime));
        // No model forbids an unknown result.
        assert!(!forbids(M::StrongSerializable, A::CycleSearchTimeout));
        assert!(!forbids(M::StrongSerializable, A::EmptyTransactionGraph));
    }

    #[test]
    fn boundaries_lie_below_all_that_is_ruled_out() {
        assert_eq!(boundary(&[]), (vec![], vec![]));
        let (not, also_not) = boundary(&[A::G0]);
        assert_eq!(names(&not), ["read-uncommitted"]);
        assert!(also_not.contains(&M::ReadCommitted) && also_not.contains(&M::StrongReadCommitted));
        assert!(!also_not.contains(&M::Linearizable));
        let (not, also_not) = boundary(&[A::G2Item]);
        assert_eq!(names(&not), ["repeatable-read"]);
        assert_eq!(
            names(&also_not),
            ["serializable", "strong-serializable", "strong-session-serializable"]
        );
        let (not, _) = boundary(&[A::LostUpdate, A::GNonadjacentItem]);
        assert_eq!(names(&not), ["cursor-stability", "update-atomic"]);
        let (not, also_not) = boundary(&[A::G2ItemRealtime]);
        assert_eq!(names(&not), ["strong-serializable"]);
        assert!(also_not.is_empty());
    }

    /// Recorded from the reference on a history with aborted reads under read-committed.
    #[test]
    fn the_boundary_of_dirty_reads_is_the_recorded_one() {
        let (not, also_not) = boundary(&[A::G1b, A::G1c]);
        assert_eq!(names(&not), ["read-committed"]);
        let recorded = "causal-cerone consistent-view cursor-stability forward-consistent-view \
             monotonic-atomic-view monotonic-snapshot-read monotonic-view \
             parallel-snapshot-isolation prefix read-atomic repeatable-read serializable \
             snapshot-isolation strong-read-committed strong-serializable \
             strong-session-read-committed strong-session-serializable \
             strong-session-snapshot-isolation strong-snapshot-isolation update-atomic \
             update-serializable";
        assert_eq!(names(&also_not).join(" "), recorded);
    }
}
