//! The files of a message.

use leptos::prelude::*;
use parlour_events::Attachment;

use super::kit::broken;
use crate::{
    browser::{
        language::{t, tf},
        place,
    },
    words::{self, Key, Pattern},
};

/// An image is drawn at most so wide and high, in pixels; the style sheet makes it smaller still
/// where there is no room.
const WIDEST: f64 = 420.0;
const HIGHEST: f64 = 320.0;

/// The files of a message: images as such, anything else by its name, which leads to it.
pub fn files(files: &[Attachment]) -> AnyView {
    if files.is_empty() {
        return ().into_any();
    }
    let all = files.iter().map(file).collect_view();
    view! { <ul class="files">{all}</ul> }.into_any()
}

fn file(file: &Attachment) -> AnyView {
    let name = file.name.to_string();
    let source = format!("{}/files/{}", place::server(), file.file);
    let address = format!("{source}?name={}", String::from(js_sys::encode_uri_component(&name)));
    let image = file.pixels.filter(|_| file.mime.starts_with("image/"));
    if let Some((width, height)) = image {
        let scale = (WIDEST / f64::from(width)).min(HIGHEST / f64::from(height)).min(1.0);
        let shown = |pixels: u32| ((f64::from(pixels) * scale).round().max(1.0)).to_string();
        let label = tf(Pattern::MESSAGE_IMAGE, [&name]);
        let failed = RwSignal::new(false);
        let (instead, leads_to) = (label.clone(), source.clone());
        return view! {
            <li class="image" class:failed=failed>
                <a href=leads_to target="_blank" rel="noopener">
                    <img
                        src=source
                        alt=label
                        width=shown(width)
                        height=shown(height)
                        loading="lazy"
                        decoding="async"
                        on:error=broken(move || failed.set(true))
                    />
                    <span class="image-failed">
                        {instead} " · " {t(Key::MESSAGE_IMAGE_FAILED)}
                    </span>
                </a>
            </li>
        }
        .into_any();
    }
    let size = words::size(file.size);
    view! {
        <li>
            <a class="file" href=address target="_blank" rel="noopener">
                <bdi>{name}</bdi>
                " "
                <span class="file-size">{size}</span>
            </a>
        </li>
    }
    .into_any()
}
