//! Every engine, every case.

use argali_store::conformance::Subject;
use argali_store::{EmbeddedOptions, Faults, Faulty, Flushing, Store};

mod memory {
    use super::*;

    argali_store::conformance!(
        || Subject::new(Store::memory),
        skip { reopening_keeps_what_was_durable: "memory is gone when the process is" },
    );
}

mod embedded {
    use super::*;

    argali_store::conformance!(|| subject(EmbeddedOptions::default()));
}

/// Gathers so little that every case makes segments and tables.
mod embedded_without_room {
    use super::*;

    argali_store::conformance!(|| subject(EmbeddedOptions { gather_bytes: 2048, cache_bytes: 0 }));
}

/// The wrapper changes nothing as long as nothing goes wrong.
mod faulty_without_faults {
    use super::*;

    argali_store::conformance!(
        || Subject::new(|| { Store::with_engine(Faulty::memory(Flushing::Thread, Faults::new()).unwrap()) }),
        skip { reopening_keeps_what_was_durable: "memory is gone when the process is" },
    );
}

fn subject(options: EmbeddedOptions) -> Subject {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    Subject::new(move || Store::embedded(dir.path(), &options).unwrap())
}
