//! Calls from JavaScript, each of which settles, even if the code below panics.
//!
//! WebAssembly stops at a panic: the future that panicked is never polled again, and its promise
//! would stay pending for ever. So the rejections of all calls under way are kept where the panic
//! hook finds them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{self, PanicHookInfo};

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::error::WebError;

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
    /// How to reject each call under way.
    static UNDER_WAY: RefCell<BTreeMap<u64, Function>> = const { RefCell::new(BTreeMap::new()) };
    /// The message of the panic that broke this module, if one did.
    static BROKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A promise of what `call` comes to.
pub(super) fn promise(call: impl Future<Output = Result<JsValue, WebError>> + 'static) -> Promise {
    if let Some(message) = BROKEN.with_borrow(Clone::clone) {
        return Promise::reject(&WebError::Panic(message).into());
    }
    let mut settle = None;
    let promise = Promise::new(&mut |resolve, reject| settle = Some((resolve, reject)));
    if let Some((resolve, reject)) = settle {
        let id = NEXT.replace(NEXT.get() + 1);
        UNDER_WAY.with_borrow_mut(|calls| calls.insert(id, reject.clone()));
        spawn_local(async move {
            let outcome = call.await;
            UNDER_WAY.with_borrow_mut(|calls| calls.remove(&id));
            // A promise's own functions do not throw.
            let _ = match outcome {
                Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
                Err(error) => reject.call1(&JsValue::UNDEFINED, &error.into()),
            };
        });
    }
    promise
}

/// Has a panic written to the console, and every call under way rejected.
pub(super) fn reject_on_panic() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        break_down(info);
    }));
}

fn break_down(info: &PanicHookInfo<'_>) {
    // The console has the whole of it.
    let message = info.payload_as_str().and_then(|text| text.lines().next());
    let message = message.unwrap_or("no reason was given").to_owned();
    BROKEN.set(Some(message.clone()));
    for reject in UNDER_WAY.take().into_values() {
        let error = WebError::Panic(message.clone());
        let _ = reject.call1(&JsValue::UNDEFINED, &error.into());
    }
}
