//! `argali demo`: the story of delegation on a throw-away server, told with real requests and real answers.

mod stage;
mod story;

use std::net::SocketAddr;

use argali_server::{Config, Data, Server, ServerOptions};

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::serve::runtime;
use crate::story_clock::StoryClock;
use stage::Stage;

pub(crate) fn run(output: &Output) -> Result<(), Failure> {
    argali_server::harden_process();
    let folder = tempfile::Builder::new().prefix("argali-demo-").tempdir().map_err(|error| {
        Failure::new(Exit::Server, "there is no place for temporary files: set TMPDIR").because(error)
    })?;
    let mut config = Config::default();
    config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
    let clock = StoryClock::behind_by(0);
    let runtime = runtime(config.server.worker_threads())?;
    let data = Data::Folder(folder.path().join("data"));
    let server = runtime.block_on(Server::start(ServerOptions { config, data, env: clock.env() }))?;

    let mut stage = Stage::new(output);
    stage.say(&format!(
        "A server on {}, with its data on disk in a folder that goes away when this ends.",
        server.addresses().http
    ))?;
    let told = story::tell(&mut stage, &runtime, &server, &clock);
    runtime.block_on(server.shutdown());
    told?;
    stage.end()
}
