//! What each consistency model forbids, which models each implies, and which anomalies each anomaly
//! implies: direct facts only.
//!
//! They are those of `elle.consistency-model` 0.2.2, which names the papers they come from.

use super::anomaly::Anomaly;
use glomers_config::ConsistencyModel;

/// The next weaker models, which a history of this model satisfies, too; not their weaker ones.
pub(super) fn weaker(model: ConsistencyModel) -> &'static [ConsistencyModel] {
    use ConsistencyModel as M;
    match model {
        M::CausalCerone | M::UpdateAtomic => &[M::ReadAtomic],
        M::ConsistentView => &[M::CursorStability, M::MonotonicView],
        M::Serializable => {
            &[M::ViewSerializable, M::RepeatableRead, M::UpdateSerializable, M::SnapshotIsolation]
        }
        M::CursorStability
        | M::MonotonicAtomicView
        | M::MonotonicView
        | M::MonotonicSnapshotRead => &[M::ReadCommitted],
        M::ForwardConsistentView => &[M::ConsistentView],
        M::ReadCommitted | M::StrongSessionReadUncommitted => &[M::ReadUncommitted],
        M::UpdateSerializable => &[M::ForwardConsistentView],
        M::ParallelSnapshotIsolation => &[M::CausalCerone, M::UpdateAtomic],
        M::Prefix => &[M::CausalCerone],
        M::ReadAtomic => &[M::MonotonicAtomicView],
        M::RepeatableRead => &[M::CursorStability, M::MonotonicAtomicView],
        M::SessionSerializable => &[M::OneCopySerializable],
        M::SnapshotIsolation => &[
            M::ForwardConsistentView,
            M::MonotonicAtomicView,
            M::MonotonicSnapshotRead,
            M::ParallelSnapshotIsolation,
            M::Prefix,
        ],
        M::StrongSerializable => &[
            M::Serializable,
            M::Linearizable,
            M::SnapshotIsolation,
            M::StrongSnapshotIsolation,
            M::StrongSessionSerializable,
            M::SessionSerializable,
        ],
        M::StrongSessionReadCommitted => &[M::ReadCommitted, M::StrongSessionReadUncommitted],
        M::StrongReadUncommitted => &[M::StrongSessionReadUncommitted],
        M::StrongReadCommitted => &[M::StrongSessionReadCommitted, M::StrongReadUncommitted],
        M::StrongSessionSerializable => &[M::Serializable, M::StrongSessionSnapshotIsolation],
        M::StrongSessionSnapshotIsolation => &[M::SnapshotIsolation, M::StrongSessionReadCommitted],
        M::StrongSnapshotIsolation => &[M::StrongSessionSnapshotIsolation, M::StrongReadCommitted],
        M::Linearizable => &[M::Sequential],
        M::Sequential => &[M::Causal],
        M::Causal => &[M::WritesFollowReads, M::Pram],
        M::Pram => &[M::MonotonicReads, M::MonotonicWrites, M::ReadYourWrites],
        M::OneCopySerializable
        | M::MonotonicReads
        | M::MonotonicWrites
        | M::ReadUncommitted
        | M::ReadYourWrites
        | M::ViewSerializable
        | M::WritesFollowReads => &[],
    }
}

/// The anomalies that a model forbids in addition to those of weaker models.
pub(super) fn forbidden(model: ConsistencyModel) -> &'static [Anomaly] {
    use Anomaly as A;
    use ConsistencyModel as M;
    match model {
        M::CausalCerone | M::ParallelSnapshotIsolation | M::Prefix => &[A::Internal, A::G1a],
        M::CursorStability => &[A::G1, A::GCursor, A::LostUpdate],
        M::MonotonicView => &[A::G1, A::GMonotonic],
        M::MonotonicSnapshotRead => &[A::G1, A::GMsr],
        M::ConsistentView => &[A::G1, A::GSingle],
        M::ForwardConsistentView => &[A::G1, A::GSib],
        M::Serializable => &[A::Internal, A::G1, A::G2, A::PredicateReadMiss, A::Pl3CycleExists],
        M::ReadCommitted => &[A::G1, A::Pl2CycleExists],
        M::ReadUncommitted => &[A::G0, A::DuplicateElements, A::CyclicVersions, A::Pl1CycleExists],
        M::SnapshotIsolation => {
            &[A::Internal, A::G1, A::GSiAdya, A::GNonadjacent, A::PlSiCycleExists]
        }
        M::ReadAtomic => &[A::Internal, A::G1a, A::FutureRead],
        M::RepeatableRead => &[A::G1, A::G2Item, A::Pl299CycleExists, A::LostUpdate],
        M::UpdateAtomic => &[A::LostUpdate],
        M::StrongSerializable => &[A::G1, A::G1cRealtime, A::G2Realtime, A::PlSsCycleExists],
        M::StrongSessionReadUncommitted => &[A::StrongSessionPl1CycleExists, A::G0Process],
        M::StrongSessionReadCommitted => &[A::StrongSessionPl2CycleExists, A::G1cProcess],
        M::StrongReadUncommitted => &[A::StrongPl1CycleExists, A::G0Realtime],
        M::StrongReadCommitted => &[A::StrongPl2CycleExists, A::G1cRealtime],
        M::StrongSessionSnapshotIsolation => &[
            A::Internal,
            A::G1Process,
            A::GNonadjacentProcess,
            A::StrongSessionSnapshotIsolationCycleExists,
        ],
        M::StrongSnapshotIsolation => &[
            A::Internal,
            A::G1Realtime,
            A::GNonadjacentRealtime,
            A::StrongSnapshotIsolationCycleExists,
        ],
        M::StrongSessionSerializable => {
            &[A::G1Process, A::G2Process, A::StrongSessionSerializableCycleExists]
        }
        M::UpdateSerializable => &[A::G1, A::GUpdate],
        M::OneCopySerializable
        | M::Causal
        | M::Linearizable
        | M::MonotonicAtomicView
        | M::MonotonicReads
        | M::MonotonicWrites
        | M::Pram
        | M::ReadYourWrites
        | M::Sequential
        | M::SessionSerializable
        | M::ViewSerializable
        | M::WritesFollowReads => &[],
    }
}

/// The anomalies that this one directly implies.
pub(crate) fn implied(anomaly: Anomaly) -> &'static [Anomaly] {
    use Anomaly as A;
    match anomaly {
        A::G0 => &[A::G1c, A::G0Process],
        A::G0Process => &[A::G1cProcess, A::G0Realtime],
        A::G0Realtime => &[A::G1cRealtime],
        A::G1a | A::G1b => &[A::G1],
        A::G1c => &[A::G1, A::G1cProcess],
        A::G1cProcess => &[A::G1cRealtime, A::G1Process],
        A::G1cRealtime | A::G1Process => &[A::G1Realtime],
        A::G1 => &[A::G1Process],
        A::GSingleItem => &[A::GSingle, A::GSingleItemProcess, A::GNonadjacentItem],
        A::GSingleItemProcess => {
            &[A::GSingleProcess, A::GSingleItemRealtime, A::GNonadjacentItemProcess]
        }
        A::GSingleItemRealtime => &[A::GSingleRealtime, A::GNonadjacentItemRealtime],
        A::GSingle => &[A::GNonadjacent, A::Gsib, A::GSingleProcess],
        A::GSingleProcess => &[A::GNonadjacentProcess, A::GSingleRealtime],
        A::GSingleRealtime => &[A::GNonadjacentRealtime],
        A::GNonadjacentItem => &[A::GNonadjacent, A::G2Item, A::GNonadjacentItemProcess],
        A::GNonadjacentItemProcess => {
            &[A::GNonadjacentProcess, A::G2ItemProcess, A::GNonadjacentItemRealtime]
        }
        A::GNonadjacentItemRealtime => &[A::G2ItemRealtime, A::GNonadjacentRealtime],
        A::GNonadjacent => &[A::G2, A::GNonadjacentProcess],
        A::GNonadjacentProcess => &[A::G2Process, A::GNonadjacentRealtime],
        A::GNonadjacentRealtime | A::G2ItemRealtime | A::G2Process => &[A::G2Realtime],
        A::G2 => &[A::G2Process],
        A::G2Item => &[A::G2, A::G2ItemProcess],
        A::G2ItemProcess => &[A::G2Process, A::G2ItemRealtime],
        A::Gsia | A::Gsib => &[A::Gsi],
        A::IncompatibleOrder | A::DirtyUpdate => &[A::G1a],
        A::FutureRead => &[A::G1c],
        A::LostUpdate => &[A::WriteSkew, A::G2Item],
        A::WriteSkew => &[A::G2],
        _ => &[],
    }
}
