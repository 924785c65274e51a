//! What axe-core does not tell, or not for every colour and every target: sizes of what is pressed,
//! contrasts as they are drawn, and whether one sees where the focus is.

use std::collections::BTreeSet;

use super::{Engine, Tab};

/// Gives sentences about what is wrong with the page as it is now: targets under 24 pixels, texts
/// and edges of fields that do not stand out, and anything that has to be scrolled to the side.
///
/// Colours are read back from a canvas, for style sheets write them in many ways.
const FITNESS: &str = "
    const wrong = [];
    const name = (it) => {
        const id = it.id ? `#${it.id}` : `.${[...it.classList].join('.')}`;
        const text = (it.getAttribute('aria-label') ?? it.textContent ?? '').trim();
        return `${it.localName}${id} ${JSON.stringify(text.slice(0, 30))}`;
    };
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const rgba = (colour) => {
        if (!known.has(colour)) {
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = '#000';
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
            const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
            known.set(colour, [red, green, blue, alpha / 255]);
        }
        return known.get(colour);
    };
    const over = ([...front], back) =>
        [0, 1, 2].map((at) => front[at] * front[3] + back[at] * (1 - front[3]));
    const root = document.documentElement;
    // What is behind the texts of an element: its own ground and those around it.
    const ground = (it) => {
        if (!it || it === document) return [255, 255, 255];
        const own = rgba(getComputedStyle(it).backgroundColor);
        const back = own[3] === 1 || it === root ? [255, 255, 255] : ground(it.parentElement);
        return over(own, back);
    };
    const faded = (it) => {
        let all = 1;
        for (let at = it; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
        return all;
    };
    const light = (colour) => {
        const [red, green, blue] = colour.map((part) => {
            const it = part / 255;
            return it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const is_seen = (it) => {
        if (!it.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
        const { width, height } = it.getBoundingClientRect();
        return width > 1 && height > 1;
    };
    // While a dialog is open, nothing else can be reached.
    const within = document.querySelector('dialog[open]') ?? document.body;

    const pressed = 'button, a[href], input, select, textarea, [role=option], [role=button]';
    for (const it of within.querySelectorAll(pressed)) {
        if (!is_seen(it)) continue;
        // A link in a sentence is as high as its line.
        if (it.localName === 'a' && getComputedStyle(it).display === 'inline') continue;
        const target = it.matches('[type=checkbox], [type=radio]') ? it.closest('label') ?? it : it;
        const { width, height } = target.getBoundingClientRect();
        if (width < 24 || height < 24) {
            wrong.push(`${name(it)} is ${width.toFixed(1)} by ${height.toFixed(1)} pixels`);
        }
    }

    const stands_out = (it, what, colour, back, least) => {
        const opacity = faded(it);
        const front = rgba(colour);
        const drawn = over([...front.slice(0, 3), front[3] * opacity], back);
        const ratio = contrast(drawn, back);
        if (ratio < least - 0.005) {
            wrong.push(`${what} of ${name(it)}: ${ratio.toFixed(2)} to 1, ${drawn} on ${back}`);
        }
    };
    const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    const done = new Set();
    while (texts.nextNode()) {
        const it = texts.currentNode.parentElement;
        if (done.has(it) || !texts.currentNode.data.trim()) continue;
        done.add(it);
        if (!is_seen(it) || it.closest('[disabled], option, .emoji')) continue;
        const style = getComputedStyle(it);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        stands_out(it, 'the text', style.color, ground(it), large ? 3 : 4.5);
    }
    for (const it of within.querySelectorAll('input, textarea, select')) {
        if (!is_seen(it) || it.matches('[type=checkbox], [type=radio]')) continue;
        stands_out(it, 'what is written', getComputedStyle(it).color, ground(it), 4.5);
        const hint = getComputedStyle(it, '::placeholder');
        if (it.placeholder) stands_out(it, 'the hint', hint.color, ground(it), 4.5);
        const edged = it.closest('.composer-box') ?? it;
        const edge = getComputedStyle(edged).borderTopColor;
        stands_out(edged, 'the edge', edge, ground(edged.parentElement), 3);
    }

    const too_wide = Math.max(root.scrollWidth, document.body.scrollWidth) - innerWidth;
    if (too_wide > 0) wrong.push(`the page is ${too_wide} pixels too wide`);
    return wrong;";

/// What is wrong with how the focus shows, as a sentence, or nothing; and where it is.
const FOCUS: &str = "
    const it = document.activeElement;
    if (!it || it === document.body || it === document.documentElement) {
        // In Firefox the window has lost the focus to the browser's own bar, and gets it back by this.
        window.focus();
        return ['', ''];
    }
    const text = (it.getAttribute('aria-label') ?? it.textContent ?? '').trim().slice(0, 30);
    const all = [...document.querySelectorAll('*')];
    const where = `${all.indexOf(it)} ${it.localName}#${it.id} ${text}`;
    const is_ringed = (it) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(it);
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
    };
    // A field without an edge of its own has that of the box around it.
    const ringed = is_ringed(it) || (it.id === 'composer' && is_ringed(it.closest('.composer-box')));
    const { left, right, top, bottom, width, height } = it.getBoundingClientRect();
    if (!ringed) return [where, `${where}: nobody sees that the focus is there`];
    if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight || !width || !height) {
        return [where, `${where}: has the focus and is out of sight`];
    }
    // Some of it has to be seen (WCAG 2.4.11), of what is inside the window.
    const between = (from, to, end, part) => {
        const [first, last] = [Math.max(from, 0), Math.min(to, end)];
        return first + (last - first) * part;
    };
    const at = (across, down) => document.elementFromPoint(
        between(left, right, innerWidth, across), between(top, bottom, innerHeight, down));
    const is_free = (at) => at && (it.contains(at) || at.contains(it) || it.labels?.[0]?.contains(at));
    const free = [0.1, 0.5, 0.9].some((down) => [0.1, 0.5, 0.9].some((across) =>
        is_free(at(across, down))));
    const front = at(0.5, 0.5)?.outerHTML.slice(0, 80);
    return [where, free ? '' : `${where}: has the focus behind ${front}`];";

impl Tab {
    /// What is wrong with the page for those who do not see or press well, beside what
    /// [`Tab::axe`] finds; sentences.
    ///
    /// # Panics
    /// If the browser does not say.
    pub async fn unfit(&self) -> Vec<String> {
        serde_json::from_value(self.run(FITNESS).await).expect("sentences")
    }

    /// Goes once through everything that Tab leads to, and tells where the focus does not show. In
    /// WebKit nothing is told: without a window manager no window is active there, and `:focus` fits
    /// nothing.
    ///
    /// # Panics
    /// If it leads on and on, or nowhere at all.
    pub async fn unseen_focus(&self) -> Vec<String> {
        if self.engine() == Engine::WebKit {
            return Vec::new();
        }
        let (mut passed, mut wrong) = (BTreeSet::new(), Vec::new());
        self.run("window.__focus = document.activeElement; window.focus();").await;
        let mut nowhere = 0;
        for _ in 0..200 {
            self.press("Tab").await;
            let told = self.run(FOCUS).await;
            let (place, sentence): (String, String) =
                serde_json::from_value(told).expect("a place and a sentence");
            // Nowhere is the browser's own bar, between the last and the first. In Firefox one does
            // not get beyond it where there is but one thing to be reached.
            nowhere = if place.is_empty() { nowhere + 1 } else { 0 };
            if nowhere == 3 || !place.is_empty() && !passed.insert(place) {
                // As if nothing had been pressed.
                self.run("window.__focus?.focus();").await;
                return wrong;
            }
            if !sentence.is_empty() {
                wrong.push(sentence);
            }
        }
        panic!("{}: Tab leads on and on: {passed:?}", self.name());
    }
}
