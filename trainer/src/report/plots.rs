//! The plots, as SVG. Their colours stand for what they are; the page's style sheet says how each looks in light and in
//! dark.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::metrics::{Bin, Ranking};
use crate::train::checkpoint::Validation;

/// What is plotted.
pub const MAIN: RGBColor = RGBColor(0x1f, 0x6f, 0xb2);
/// What it is beside.
pub const SECOND: RGBColor = RGBColor(0xc2, 0x55, 0x1e);
/// Chance, or what would be perfect.
pub const REFERENCE: RGBColor = RGBColor(0x8a, 0x8a, 0x8a);
/// Axes and their lines.
pub const AXIS: RGBColor = RGBColor(0xb5, 0xb5, 0xb5);
/// Lines behind the plot.
pub const MESH: RGBColor = RGBColor(0xe2, 0xe2, 0xe2);
/// Letters.
pub const TEXT: RGBColor = RGBColor(0x33, 0x33, 0x33);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// A point of a line.
type Point = (f64, f64);

/// A small plot of a line from 0 to 1 on both axes, with a dashed line beside it.
struct Square<'a> {
    axes: [&'a str; 2],
    line: &'a [Point],
    reference: [Point; 2],
}

/// A ROC curve; the diagonal is chance.
pub fn roc(ranking: &Ranking) -> Result<String> {
    square(&Square {
        axes: ["false positive rate", "true positive rate"],
        line: &ranking.roc,
        reference: [(0.0, 0.0), (1.0, 1.0)],
    })
}

/// A precision–recall curve; `chance` is the genre's share of the covers.
pub fn precision_recall(ranking: &Ranking, chance: f64) -> Result<String> {
    square(&Square {
        axes: ["recall", "precision"],
        line: &ranking.precision_recall,
        reference: [(0.0, chance), (1.0, chance)],
    })
}

fn square(plot: &Square) -> Result<String> {
    drawn((260, 240), |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_labels(3)
            .y_labels(3)
            .light_line_style(TRANSPARENT)
            .bold_line_style(MESH)
            .axis_style(AXIS)
            .x_desc(plot.axes[0])
            .y_desc(plot.axes[1])
            .label_style(letters(12))
            .x_label_formatter(&|value| format!("{value:.1}"))
            .y_label_formatter(&|value| format!("{value:.1}"))
            .draw()?;
        chart.draw_series(DashedLineSeries::new(
            plot.reference,
            4,
            4,
            REFERENCE.into(),
        ))?;
        chart.draw_series(LineSeries::new(plot.line.to_vec(), MAIN.stroke_width(2)))?;
        Ok(())
    })
}

/// Accuracy over the highest probability: a bar for each bin that has covers, and the diagonal that would be perfect.
pub fn reliability(bins: &[Bin]) -> Result<String> {
    drawn((560, 360), |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(50)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .light_line_style(TRANSPARENT)
            .bold_line_style(MESH)
            .axis_style(AXIS)
            .x_desc("highest probability")
            .y_desc("share told")
            .label_style(letters(13))
            .draw()?;
        let filled = || bins.iter().filter(|bin| bin.n > 0);
        chart.draw_series(filled().map(|bin| {
            let gap = 0.004;
            let corners = [(bin.over + gap, 0.0), (bin.to - gap, bin.accuracy)];
            Rectangle::new(corners, MAIN.filled())
        }))?;
        chart.draw_series(DashedLineSeries::new(
            [(0.0, 0.0), (1.0, 1.0)],
            5,
            4,
            REFERENCE.stroke_width(2),
        ))?;
        chart.draw_series(filled().map(|bin| {
            // Over the bar, and over the mean probability where that is higher.
            let height = bin.accuracy.max(bin.confidence) + 0.045;
            let style = letters(11).pos(plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Center,
                plotters::style::text_anchor::VPos::Center,
            ));
            Text::new(
                bin.n.to_string(),
                ((bin.over + bin.to) / 2.0, height.min(0.98)),
                style,
            )
        }))?;
        chart.draw_series(
            filled().map(|bin| Circle::new((bin.confidence, bin.accuracy), 3, SECOND.filled())),
        )?;
        Ok(())
    })
}

/// The training loss over the steps.
pub fn losses(history: &[Validation]) -> Result<String> {
    // Before the first step nothing has been lost.
    let points: Vec<Point> = history
        .iter()
        .filter(|validation| validation.step > 0)
        .map(|validation| (validation.step as f64, validation.training_loss))
        .collect();
    learning(&points, "training loss", SECOND)
}

/// The score on validation over the steps.
pub fn scores(history: &[Validation]) -> Result<String> {
    let points: Vec<Point> = history
        .iter()
        .map(|validation| (validation.step as f64, validation.score))
        .collect();
    learning(&points, "balanced accuracy on validation", MAIN)
}

fn learning(points: &[Point], name: &str, colour: RGBColor) -> Result<String> {
    let values = || points.iter().map(|(_, value)| *value);
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let room = ((high - low) * 0.1).max(0.01);
    let steps = points.last().map_or(1.0, |(step, _)| step.max(1.0));
    drawn((460, 280), |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..steps, (low - room).max(0.0)..high + room)?;
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(5)
            .light_line_style(TRANSPARENT)
            .bold_line_style(MESH)
            .axis_style(AXIS)
            .x_desc("steps")
            .y_desc(name)
            .label_style(letters(13))
            .x_label_formatter(&|value| format!("{value:.0}"))
            .draw()?;
        chart.draw_series(LineSeries::new(points.to_vec(), colour.stroke_width(2)))?;
        let circle = |point: &Point| Circle::new(*point, 3, colour.filled());
        chart.draw_series(points.iter().map(circle))?;
        Ok(())
    })
}

fn letters(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&TEXT)
}

fn drawn(size: (u32, u32), draw: impl FnOnce(&Area) -> Drawn) -> Result<String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        draw(&area)
            .and_then(|()| Ok(area.present()?))
            .map_err(|error| anyhow!("a plot cannot be drawn: {error}"))?;
    }
    Ok(text)
}
