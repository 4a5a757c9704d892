//! Shows a run: pictures in SVG, a page in HTML, and files for viewers of other projects. All are
//! made from a [`Timeline`](glomers_timeline::Timeline), and written by the caller.
