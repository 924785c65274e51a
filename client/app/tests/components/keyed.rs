use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use super::Stage;

#[wasm_bindgen_test]
async fn for_windows() {
    let rows = RwSignal::new(std::iter::once(u64::MAX).chain(0u64..500).collect::<Vec<_>>());
    let stage = Stage::draw(move || view! { <ol><For each=move || rows.get() key=|r| *r children=|r| view!{ <li>{r}</li> } /></ol> }).await;
    for (a, b) in [(0, 550), (0,640), (100, 640), (100,690), (300, 821), (300, 900), (700,1300), (800, 1310)] {
        rows.set(std::iter::once(u64::MAX).chain(a..b).collect());
        leptos::task::tick().await;
        let lis = stage.find::<web_sys::Element>("ol").unwrap();
        let got: Vec<u64> = (0..lis.children().length()).map(|i| lis.children().item(i).unwrap().text_content().unwrap().parse().unwrap()).collect();
        let want: Vec<u64> = std::iter::once(u64::MAX).chain(a..b).collect();
        if got != want { 
            let at = got.iter().zip(&want).position(|(a,b)| a!=b);
            leptos::logging::log!("{a}..{b}: got {} want {} first diff {:?} got {:?}", got.len(), want.len(), at, at.map(|i| &got[i..(i+5).min(got.len())])); }
        else { leptos::logging::log!("{a}..{b} fine"); }
    }
    panic!("end");
}
