//! Numbers in groups, in two flat tables.

/// For each group its members, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Groups {
    /// By group: where its members begin; one more at the end.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Groups {
    /// Sorts pairs of group and member. `pairs` is called twice, and must yield the same pairs.
    pub(crate) fn of<I: Iterator<Item = (u32, u32)>>(count: usize, pairs: impl Fn() -> I) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for (group, _) in pairs() {
            starts[group as usize + 1] += 1;
        }
        for group in 0..count {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[count] as usize];
        for (group, member) in pairs() {
            let position = &mut next[group as usize];
            members[*position as usize] = member;
            *position += 1;
        }
        Self { starts, members }
    }

    /// The members of a group.
    #[inline]
    pub(crate) fn get(&self, group: u32) -> &[u32] {
        let [start, end] = [0, 1].map(|next| self.starts[group as usize + next] as usize);
        &self.members[start..end]
    }
}
