//! Every engine, every case.

use argali_store::conformance::Subject;
use argali_store::{EmbeddedOptions, Faults, Faulty, Flushing, Store};

use crate::{folder, little_room, open};

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

/// Pages are kept beside changes of other families.
mod embedded_in_families {
    use super::*;

    argali_store::conformance!(|| subject(EmbeddedOptions {
        family: |key| key.get(..1),
        ..EmbeddedOptions::default()
    }));
}

mod embedded_with_little_room {
    use super::*;

    argali_store::conformance!(|| subject(little_room()));
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
    let dir = folder();
    Subject::new(move || open(dir.path(), &options))
}
