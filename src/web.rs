//! What JavaScript sees of Undercover.
//!
//! A call either answers or rejects with an `Error` that has a stable `code`. After a panic every
//! call under way and every later one rejects with the code `panic`: the module is to be loaded
//! anew, best in a new worker. What stops WebAssembly without a panic, such as running out of memory
//! or an exception of the browser's within a call that is not expected to fail, cannot be caught in
//! here: the call stays pending, and the worker has an `error` event on its global scope.

mod answer;
mod calls;
mod console;
mod error;
mod gpu;

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use self::answer::{Answer, Milliseconds, Options};
use self::error::WebError;
use crate::bundle::Bundle;
use crate::cover::Cover;
use crate::device::{Backend, OpenDevice};
use crate::saliency::Saliency;

/// The backend of this module: there is one module for each.
#[cfg(feature = "webgpu")]
const BACKEND: Backend = Backend::WebGpu;
#[cfg(not(feature = "webgpu"))]
const BACKEND: Backend = Backend::Cpu;

#[allow(
    unsafe_code,
    reason = "the linker's own function, which has no other name in Rust"
)]
unsafe extern "C" {
    /// Runs the static constructors; synthesised by the linker.
    fn __wasm_call_ctors();
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker or page began.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Runs once, when the module is instantiated.
#[wasm_bindgen(start)]
#[allow(unsafe_code, reason = "no safe way to run static constructors")]
fn start() {
    // cubecl registers its operations in static constructors. Unless something calls them by name,
    // the linker has every export run them first, thousands of times in one inference.
    // SAFETY: this is the only call, before any other code of the module runs.
    unsafe { __wasm_call_ctors() };
    console::install();
    calls::reject_on_panic();
}

/// Lets the browser compile the code of an answer while the model is still on its way.
#[cfg(feature = "cpu")]
#[wasm_bindgen(js_name = warmUp, unchecked_return_type = "Promise<void>")]
pub fn warm_up() -> Promise {
    calls::promise(async move {
        let device = OpenDevice::open(BACKEND).await?;
        let warmed = crate::classifier::Classifier::warm_up(device.device()).await;
        warmed.map(|()| JsValue::UNDEFINED).map_err(WebError::from)
    })
}

/// A model that is ready to answer on one device.
#[wasm_bindgen]
pub struct Classifier(Rc<Loaded>);

struct Loaded {
    classifier: crate::classifier::Classifier,
    device: OpenDevice,
    adapter: String,
}

#[wasm_bindgen]
impl Classifier {
    /// Opens the device, verifies the bundle, and lets the device compute the known answers.
    ///
    /// `digest` is the SHA-256 of the weights where the caller has it: where it has not (browsers
    /// compute it on secure origins only), it is computed here, slowly.
    ///
    /// Rejects with an `Error` whose `code` is `no-webgpu`, `self-test-failed`, `device-failed`,
    /// `panic`, or one that begins with `bundle-`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Classifier>")]
    pub fn load(manifest: Vec<u8>, weights: Vec<u8>, digest: Option<Vec<u8>>) -> Promise {
        calls::promise(async move {
            let bundle = match digest {
                Some(digest) => Bundle::parse_with_digest(&manifest, weights, &digest)?,
                None => Bundle::parse(&manifest, weights)?,
            };
            let loaded = Loaded::load(&bundle).await?;
            Ok(JsValue::from(Self(Rc::new(loaded))))
        })
    }

    /// The genres of one picture, given as the bytes of its file.
    ///
    /// Rejects with an `Error` whose `code` says what is wrong with the picture or the options, or
    /// is `device-failed` or `panic`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Answer>")]
    pub fn classify(
        &self,
        bytes: Vec<u8>,
        #[wasm_bindgen(unchecked_optional_param_type = "ClassifyOptions")] options: JsValue,
    ) -> Promise {
        // The promise has its own hold on the model, so that `free` may be called before it settles.
        let loaded = Rc::clone(&self.0);
        calls::promise(async move {
            let options = Options::from_js(options)?;
            loaded.classify(&bytes, &options).await?.into_js()
        })
    }

    /// Where the network runs.
    #[wasm_bindgen(getter, unchecked_return_type = "'cpu' | 'webgpu'")]
    pub fn backend(&self) -> JsValue {
        JsValue::from_str(self.0.device.backend().name())
    }

    /// What the device calls itself.
    #[wasm_bindgen(getter)]
    pub fn adapter(&self) -> String {
        self.0.adapter.clone()
    }

    /// The version of the model.
    #[wasm_bindgen(getter, js_name = modelVersion)]
    pub fn model_version(&self) -> String {
        self.0.classifier.manifest().version.clone()
    }
}

impl Loaded {
    async fn load(bundle: &Bundle) -> Result<Self, WebError> {
        let device = OpenDevice::open(BACKEND).await?;
        let loaded = crate::classifier::Classifier::load(bundle, device.device()).await;
        // First what the device says of itself: wrong answers follow from its failure.
        device.check()?;
        let adapter = match device.backend() {
            Backend::WebGpu => gpu::name().await,
            Backend::Cpu => None,
        };
        Ok(Self {
            classifier: loaded?,
            adapter: adapter.unwrap_or_else(|| device.adapter().to_owned()),
            device,
        })
    }

    async fn classify(&self, picture: &[u8], options: &Options) -> Result<Answer, WebError> {
        let begun = now();
        let cover = self.classifier.cover(picture)?;
        let prepared = now();
        let (logits, saliency) = self.look(&cover, options.saliency).await?;
        let milliseconds = Milliseconds {
            prepare: prepared - begun,
            network: now() - prepared,
        };
        let prediction = self.classifier.prediction(logits)?;
        let answer = Answer::new(&self.classifier, prediction, options, milliseconds)?;
        Ok(answer.with_saliency(&self.classifier, saliency.as_ref()))
    }

    /// The logits of a cover, and where the evidence lies if that is asked.
    async fn look(
        &self,
        cover: &Cover,
        saliency: bool,
    ) -> Result<(Vec<f32>, Option<Saliency>), WebError> {
        let looked = if saliency {
            self.classifier.explain(cover).await
        } else {
            let logits = self.classifier.logits(std::slice::from_ref(cover)).await;
            logits.map(|logits| (logits.concat(), None))
        };
        // First what the device says of itself: wrong answers follow from its failure.
        self.device.check()?;
        Ok(looked?)
    }
}
