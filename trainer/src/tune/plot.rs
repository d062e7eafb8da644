//! The scores of all trials over their steps, as one picture.

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::table::ranked;
use super::trial::Trial;

const SIZE: (u32, u32) = (900, 560);
const GREY: RGBColor = RGBColor(150, 150, 150);
const BEST: RGBColor = RGBColor(178, 24, 43);

/// An SVG file: a line a trial, the best one in colour, and a dashed line where a rung ends.
///
/// # Errors
/// If it cannot be drawn.
pub fn svg(trials: &[Trial], budgets: &[usize]) -> Result<String> {
    let mut text = String::new();
    draw(
        &SVGBackend::with_string(&mut text, SIZE).into_drawing_area(),
        trials,
        budgets,
    )
    .map_err(|error| anyhow!("the plot cannot be drawn: {error}"))?;
    Ok(text)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<T> = Result<T, Box<dyn std::error::Error>>;

fn draw(area: &Area, trials: &[Trial], budgets: &[usize]) -> Drawn<()> {
    area.fill(&WHITE)?;
    let best = ranked(trials)
        .into_iter()
        .find(|trial| trial.score().is_some());
    let caption = match best {
        Some(best) => format!(
            "The best is trial {}, with a score of {:.4}",
            best.number,
            best.score().unwrap_or_default()
        ),
        None => "No trial has a score".to_owned(),
    };
    let steps = budgets.last().copied().unwrap_or(1);
    let (low, high) = bounds(trials);
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .caption(caption, ("sans-serif", 15))
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d(0..steps, low..high)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("steps")
        .y_desc("score on validation")
        .label_style(("sans-serif", 13))
        .draw()?;
    for &budget in &budgets[..budgets.len().saturating_sub(1)] {
        let end = [(budget, low), (budget, high)];
        chart.draw_series(DashedLineSeries::new(end, 4, 4, GREY.stroke_width(1)))?;
    }
    let others = trials
        .iter()
        .filter(|trial| best.is_none_or(|best| best.number != trial.number));
    for (trial, style) in others
        .map(|trial| (trial, GREY.stroke_width(1)))
        .chain(best.map(|best| (best, BEST.stroke_width(3))))
    {
        chart.draw_series(LineSeries::new(points(trial), style))?;
        let last = points(trial).last();
        let end = last.map(|last| Circle::new(last, 3, style.filled()));
        chart.draw_series(end)?;
    }
    area.present()?;
    Ok(())
}

fn points(trial: &Trial) -> impl Iterator<Item = (usize, f64)> {
    trial
        .history
        .iter()
        .map(|validation| (validation.step, validation.score))
}

/// The scores from the least to the largest, with some room.
fn bounds(trials: &[Trial]) -> (f64, f64) {
    let scores = || trials.iter().flat_map(points).map(|(_, score)| score);
    let low = scores().fold(1.0, f64::min);
    let high = scores().fold(0.0, f64::max);
    if low > high {
        return (0.0, 1.0);
    }
    ((low - 0.02).max(0.0), (high + 0.02).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::trial::Rung;
    use super::*;
    use crate::train::checkpoint::Validation;

    fn trial(number: usize, scores: &[f64]) -> Trial {
        let validation = |(index, &score): (usize, &f64)| Validation {
            step: index * 10,
            training_loss: 1.0,
            score,
            ..Validation::default()
        };
        Trial {
            number,
            values: [("rate".to_owned(), toml::Value::Float(0.5))].into(),
            rungs: scores
                .last()
                .map(|&score| Rung { steps: 10, score })
                .into_iter()
                .collect(),
            history: scores.iter().enumerate().map(validation).collect(),
            failed: None,
        }
    }

    #[test]
    fn every_trial_is_a_line_and_the_best_is_named() -> Result<()> {
        let text = svg(&[trial(0, &[0.3, 0.4]), trial(1, &[0.3, 0.6])], &[10, 20])?;
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
        assert!(text.contains("The best is trial 1, with a score of 0.6000"));
        assert_eq!(text.matches("<circle").count(), 2);
        assert!(text.contains("#B2182B"));
        Ok(())
    }

    #[test]
    fn a_search_without_a_score_is_drawn_as_well() -> Result<()> {
        assert!(svg(&[trial(0, &[])], &[10])?.contains("No trial has a score"));
        Ok(())
    }
}
