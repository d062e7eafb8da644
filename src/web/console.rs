//! Warnings and errors of the libraries below, on the browser's console.

use log::{Level, LevelFilter, Log, Metadata, Record};
use wasm_bindgen::JsValue;
use web_sys::console;

struct Console;

/// Sends log records of level warning and above to the console. cubecl tells of shaders that fail
/// validation in this way only.
pub(super) fn install() {
    // Only a second logger would be refused, and this is called once.
    if log::set_logger(&Console).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

impl Log for Console {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let line = JsValue::from(format!("{}: {}", record.target(), record.args()));
        if record.level() == Level::Error {
            console::error_1(&line);
        } else {
            console::warn_1(&line);
        }
    }

    fn flush(&self) {}
}
