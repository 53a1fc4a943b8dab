/// Makes inputs of other inputs, without knowing what they mean. The same number always makes the same.
#[derive(Debug)]
pub struct Mutator {
    state: u64,
}

/// Longer inputs find nothing that shorter ones do not, and take longer.
const LONGEST: usize = 4096;
/// What is special to somebody.
const MARKS: &[u8] = b"\0\t\n\r \"#%&'()*+,-./:;<=>?@[\\]^_`{|}~\x7f\x80\xff0159aAzZ";

impl Mutator {
    /// A mutator that draws from this number.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An input that one of the seeds is behind, or several.
    pub fn next(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(seeds).cloned().unwrap_or_default();
        for _ in 0..=self.below(6) {
            self.change(&mut input, seeds);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let length = self.below(16).min(input.len() - at);
        match self.below(9) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.mark(),
            2 => input.insert(at, self.mark()),
            3 => drop(input.drain(at..at + length)),
            4 => {
                let part = input[at..at + length].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, part);
            }
            5 => {
                let times = self.below(64);
                let mark = self.mark();
                input.splice(at..at, vec![mark; times]);
            }
            6 | 7 => {
                let other = self.pick(seeds).cloned().unwrap_or_default();
                let from = self.below(other.len() + 1);
                let length = self.below(32).min(other.len() - from);
                input.splice(at..at, other[from..from + length].iter().copied());
            }
            _ => {
                let other = self.pick(seeds).cloned().unwrap_or_default();
                input.truncate(at);
                let from = self.below(other.len() + 1);
                input.extend_from_slice(&other[from..]);
            }
        }
    }

    fn mark(&mut self) -> u8 {
        match self.below(4) {
            0 => self.draw().to_be_bytes()[0],
            _ => MARKS[self.below(MARKS.len())],
        }
    }

    fn pick<'a>(&mut self, seeds: &'a [Vec<u8>]) -> Option<&'a Vec<u8>> {
        match seeds.len() {
            0 => None,
            count => seeds.get(self.below(count)),
        }
    }

    /// Below `limit`, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.draw() % limit).unwrap_or(0)
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}
