//! The common time axis and the panels stacked above it.

use crate::report::canvas::Canvas;
use crate::report::scale::Scale;
use crate::report::svg::{Anchor, Svg, line, rect, text};
use crate::report::text::{fit, width};

/// Stacks panels from the top, all on one time axis.
pub(super) struct Frame {
    time: Scale,
    span: (f64, f64),
    across: (f64, f64),
    next: f64,
    narrow: bool,
}

/// What a panel should be.
#[derive(Clone, Copy, Default)]
pub(super) struct Panel<'a> {
    /// Height in pixels.
    pub(super) height: f64,
    /// Name, on the left, or above where there is no room.
    pub(super) name: &'a str,
    /// A second line: the unit, the range.
    pub(super) detail: &'a str,
    /// Colour of the swatch before the name.
    pub(super) color: Option<usize>,
    /// Without vertical grid lines.
    pub(super) plain: bool,
}

/// Where a panel is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) time: Scale,
}

impl Place {
    /// Bottom edge.
    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The place of a time.
    pub(super) fn x(&self, seconds: f64) -> f64 {
        self.time.at(seconds)
    }

    /// Left and right of a span of time, cut to the panel.
    pub(super) fn span(&self, start: f64, end: f64) -> (f64, f64) {
        let inside = |seconds: f64| self.x(seconds).clamp(self.left, self.right);
        (inside(start), inside(end).max(inside(start)))
    }
}

impl Frame {
    pub(super) fn new(canvas: &Canvas, span: (f64, f64)) -> Self {
        let across = (canvas.pick(152.0, 1.0), canvas.width - 2.0);
        Self { time: Scale::new(span, across), span, across, next: 0.0, narrow: canvas.narrow }
    }

    /// Leaves room before the next panel.
    pub(super) fn space(&mut self, height: f64) {
        self.next += height;
    }

    /// Adds a panel with its name and its vertical grid lines.
    pub(super) fn panel(&mut self, svg: &mut Svg, panel: Panel) -> Place {
        let Panel { height, name, detail, color, plain } = panel;
        let indent = if color.is_some() { 15.0 } else { 0.0 };
        let mut top = self.next;
        if self.narrow {
            let y = top + 11.0;
            let name = fit(name, 11.5, 200.0);
            svg.add(text(indent, y, Anchor::Start, &name).class("small strong"));
            let x = indent + 1.12 * width(&name, 11.5) + 8.0;
            svg.add(text(x, y, Anchor::Start, &fit(detail, 11.0, self.across.1 - x)).class("small muted"));
            self.swatch(svg, y, color);
            top += 16.0;
        } else {
            let room = self.across.0 - 12.0 - indent;
            let middle = top + height / 2.0;
            let y = if detail.is_empty() { middle + 4.2 } else { middle - 3.0 };
            svg.add(text(indent, y, Anchor::Start, &fit(name, 12.5, room)).class("strong").hint(name));
            svg.add(text(indent, y + 15.0, Anchor::Start, &fit(detail, 11.0, room)).class("small muted"));
            self.swatch(svg, y, color);
        }
        let place = Place { left: self.across.0, right: self.across.1, top, height, time: self.time };
        for (seconds, _) in self.ticks().into_iter().filter(|_| !plain) {
            let x = self.time.at(seconds);
            svg.add(line(x, top, x, top + height).class("grid"));
        }
        self.next = top + height + if self.narrow { 7.0 } else { 8.0 };
        place
    }

    /// The time axis below the last panel; returns the bottom of the drawing.
    pub(super) fn time_axis(&self, svg: &mut Svg) -> f64 {
        let y = self.next - 2.0;
        svg.add(line(self.across.0, y, self.across.1, y).class("axis"));
        let ticks = self.ticks();
        for (seconds, label) in &ticks {
            let x = self.time.at(*seconds);
            svg.add(line(x, y, x, y + 4.0).class("axis"));
            let anchor = match x {
                x if x < self.across.0 + 10.0 => Anchor::Start,
                x if x > self.across.1 - 14.0 => Anchor::End,
                _ => Anchor::Middle,
            };
            svg.add(text(x, y + 17.0, anchor, label).class("small muted"));
        }
        let unit = if self.in_minutes() { "time, min:s" } else { "time, s" };
        let (x, y, anchor) = match self.narrow {
            true => (self.across.1, y + 32.0, Anchor::End),
            false => (0.0, y + 17.0, Anchor::Start),
        };
        svg.add(text(x, y, anchor, unit).class("small muted"));
        y + 6.0
    }

    fn swatch(&self, svg: &mut Svg, y: f64, color: Option<usize>) {
        if let Some(color) = color {
            svg.add(rect(0.0, y - 9.0, 9.0, 9.0).num("rx", 2.0).class(&format!("f{color}")));
        }
    }

    fn in_minutes(&self) -> bool {
        self.span.1 - self.span.0 > 180.0
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        let wanted = if self.narrow { 5 } else { 10 };
        if !self.in_minutes() {
            return self.time.ticks(wanted);
        }
        let steps = [30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0];
        let (start, end) = self.span;
        let wide = |step: &f64| (end - start) / step <= f64::from(wanted as u32);
        let step = steps.into_iter().find(wide).unwrap_or((end - start) / f64::from(wanted as u32));
        let (first, last) = ((start / step).ceil() as i64, (end / step).floor() as i64);
        (first..=last.min(first.saturating_add(20)))
            .map(|i| i as f64 * step)
            .map(|t| {
                let sign = if t < 0.0 { "−" } else { "" };
                let whole = t.abs().round() as u64;
                (t, format!("{sign}{}:{:02}", whole / 60, whole % 60))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_recordings_count_in_minutes() {
        let frame = Frame::new(&Canvas::wide("a"), (0.0, 600.0));
        let labels: Vec<String> = frame.ticks().into_iter().map(|(_, l)| l).take(3).collect();
        assert_eq!(labels, ["0:00", "1:00", "2:00"]);
    }

    #[test]
    fn spans_are_cut_to_the_panel() {
        let mut frame = Frame::new(&Canvas::narrow("a"), (0.0, 10.0));
        let place = frame.panel(&mut Svg::new(1.0, ""), Panel { height: 10.0, ..Panel::default() });
        assert_eq!(place.span(-5.0, 50.0), (place.left, place.right));
        assert_eq!(place.span(20.0, 5.0).0, place.span(20.0, 5.0).1);
    }
}
