//! What the browser tells of its GPU. wgpu passes on a description only, which browsers leave empty.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "gpu"], js_name = requestAdapter, catch)]
    async fn request_adapter(options: &JsValue) -> Result<JsValue, JsValue>;
}

/// Vendor, architecture and description of the GPU that cubecl asks for; `None` where the browser
/// keeps them to itself.
pub(super) async fn name() -> Option<String> {
    let options = Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )
    .ok()?;
    let adapter = request_adapter(&options).await.ok()?;
    let info = property(&adapter, "info")?;
    let parts: Vec<String> = ["vendor", "architecture", "description"]
        .into_iter()
        .filter_map(|part| property(&info, part)?.as_string())
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok()
}
