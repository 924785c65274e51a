//! The files of a message.

use parlour_events::Attachment;

use crate::{
    browser::{
        language::{t, tf},
        place,
    },
    dom::{Html, hole, html, nothing, together},
    words::{self, Key, Pattern},
};

/// An image is drawn at most so wide and high, in pixels; the style sheet makes it smaller still
/// where there is no room.
const WIDEST: f64 = 420.0;
const HIGHEST: f64 = 320.0;

/// The files of a message: images as such, anything else by its name, which leads to it.
pub fn files(files: &[Attachment]) -> Html {
    if files.is_empty() {
        return nothing();
    }
    html(r#"<ul _ class="files"></ul>"#, vec![hole().child(together(files.iter().map(file)))])
}

fn file(file: &Attachment) -> Html {
    let name = file.name.as_str();
    let source = place::server() + "/files/" + file.file.as_str();
    if let Some((width, height)) = file.pixels.filter(|_| file.mime.starts_with("image/")) {
        let scale = (WIDEST / f64::from(width)).min(HIGHEST / f64::from(height)).min(1.0);
        // Within the bounds above.
        let shown = |pixels: u32| ((f64::from(pixels) * scale).round().max(1.0) as u32).to_string();
        let label = tf(Pattern::MESSAGE_IMAGE, [name]);
        let instead = [label.as_str(), t(Key::MESSAGE_IMAGE_FAILED)].join(" · ");
        let image = hole()
            .set("width", shown(width))
            .set("height", shown(height))
            .set("alt", label)
            .set("src", source.as_str())
            .on("error", |event| {
                // The sentence behind it shows instead.
                let image = event.target().map(wasm_bindgen::JsCast::unchecked_into);
                if let Some(image) = image {
                    let image: web_sys::Element = image;
                    image.remove();
                }
            });
        return html(
            r#"<li class="image"><a _ target="_blank" rel="noopener"><img _ loading="lazy" decoding="async"><span _ class="image-failed"></span></a></li>"#,
            vec![hole().set("href", source.as_str()), image, hole().put(instead)],
        );
    }
    let name_in_address: String = js_sys::encode_uri_component(name).into();
    html(
        r#"<li><a _ class="file" target="_blank" rel="noopener"><bdi _></bdi> <span _ class="file-size"></span></a></li>"#,
        vec![
            hole().set("href", source + "?name=" + &name_in_address),
            hole().put(name),
            hole().put(words::size(file.size)),
        ],
    )
}
