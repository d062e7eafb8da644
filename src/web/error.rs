//! Errors, in JavaScript's terms.

use js_sys::{Error, Reflect};
use thiserror::Error as ThisError;
use wasm_bindgen::JsValue;

use crate::bundle::BundleError;
use crate::classifier::ClassifierError;
use crate::cover::CoverError;
use crate::device::DeviceError;

/// Why a call is rejected.
#[derive(Debug, ThisError)]
pub(super) enum WebError {
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    #[error(transparent)]
    Cover(#[from] CoverError),
    #[error("the options are not usable: {0}")]
    Options(String),
    #[error("the answer cannot be handed over: {0}")]
    Answer(String),
    #[error("the classifier broke down: {0}")]
    Panic(String),
}

impl WebError {
    fn code(&self) -> &'static str {
        match self {
            Self::Bundle(error) => error.code(),
            Self::Device(error) => error.code(),
            Self::Classifier(error) => error.code(),
            Self::Cover(error) => error.code(),
            Self::Options(_) => "bad-options",
            Self::Answer(_) => "bad-answer",
            Self::Panic(_) => "panic",
        }
    }
}

impl WebError {
    /// What a message in another language needs to know, where there is such a thing.
    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Cover(CoverError::UnsupportedFormat { format })
            | Self::Classifier(ClassifierError::Cover(CoverError::UnsupportedFormat { format })) => {
                Some(format)
            }
            _ => None,
        }
    }
}

impl From<WebError> for JsValue {
    /// An `Error` with the property `code`, and with `detail` where there is any.
    fn from(error: WebError) -> Self {
        let thrown = Error::new(&error.to_string());
        // Setting a property of a new object that is not frozen does not fail.
        let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
        if let Some(detail) = error.detail() {
            let _ = Reflect::set(&thrown, &"detail".into(), &detail.into());
        }
        thrown.into()
    }
}
