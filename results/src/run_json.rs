//! A run as JSON, as printed by `glomers run --format json`.

use crate::run_dir::Run;
use crate::validity;
use serde::ser::{Serialize, SerializeStruct, Serializer};

impl Serialize for Run {
    /// Challenge, workload, engine, clock and seed are null if there is no record with them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.record.as_ref();
        let mut fields = serializer.serialize_struct("run", 10)?;
        fields.serialize_field("challenge", &record.map(|record| &record.challenge))?;
        fields.serialize_field("workload", &record.map(|record| &record.workload))?;
        fields.serialize_field("engine", &record.map(|record| record.engine))?;
        fields.serialize_field("clock", &record.map(|record| record.clock))?;
        fields.serialize_field("seed", &record.and_then(|record| record.seed))?;
        fields.serialize_field("valid", &validity::to_json(self.valid()))?;
        fields.serialize_field("targets", self.targets())?;
        fields.serialize_field("metrics", &self.metrics)?;
        // A path that is not UTF-8 must not keep a run out of a report.
        fields.serialize_field("store", &self.path.to_string_lossy())?;
        fields.serialize_field("wall_seconds", &record.map(|record| record.wall_seconds))?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Results, Run, RunRecord};
    use glomers_history::Validity;
    use std::path::PathBuf;

    #[test]
    fn a_run_is_one_flat_object() {
        let results = Results::parse("{:stats {:count 3}, :valid? true}").unwrap();
        let record = RunRecord {
            challenge: "broadcast-d".into(),
            seed: Some(7),
            valid: Some(Validity::Invalid),
            wall_seconds: 31.25,
            ..RunRecord::default()
        };
        let run = Run::new(PathBuf::from("store/x"), results, Some(record));
        let json = serde_json::to_string(&run).unwrap();
        let (before, rest) = json.split_once("\"metrics\":").unwrap();
        assert_eq!(
            before,
            "{\"challenge\":\"broadcast-d\",\"workload\":\"\",\"engine\":\"embedded\",\
             \"clock\":\"real\",\"seed\":7,\"valid\":false,\"targets\":[],"
        );
        assert!(rest.contains("\"op-count\":3,\"stable-count\":null,"), "{rest}");
        assert!(rest.ends_with("},\"store\":\"store/x\",\"wall_seconds\":31.25}"), "{rest}");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_utf_8() {
        use std::os::unix::ffi::OsStringExt as _;
        let results = Results::parse("{:valid? true}").unwrap();
        let path = std::ffi::OsString::from_vec(b"store/\xff".to_vec());
        let json = serde_json::to_string(&Run::new(path.into(), results, None)).unwrap();
        assert!(json.contains("\"store\":\"store/\u{fffd}\""), "{json}");
    }
}
