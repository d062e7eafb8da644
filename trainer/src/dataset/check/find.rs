use std::collections::{BTreeMap, BTreeSet, HashMap};

use image::ImageFormat;

use super::{Finding, Limits, Reason};
use crate::dataset::Dataset;
use crate::dataset::inspect::{Inspection, Picture, inspect};
use crate::dataset::near_duplicates::Groups;

/// Looks at every picture and compares them; the findings in the order of the rows, one a row at most.
pub fn find(dataset: &Dataset, limits: Limits) -> Vec<Finding> {
    judge(dataset, &inspect(dataset), limits)
}

fn judge(dataset: &Dataset, inspections: &[Inspection], limits: Limits) -> Vec<Finding> {
    let mut findings: BTreeMap<usize, (Reason, String)> = BTreeMap::new();
    for (row, inspection) in inspections.iter().enumerate() {
        if let Some(fault) = fault(inspection, limits) {
            findings.insert(row, fault);
        }
    }
    // Pictures of one colour all have the same hash: they are no duplicates of each other.
    let sound = |row: usize| {
        let picture = inspections[row].picture()?;
        (!findings.contains_key(&row)).then_some(picture)
    };
    let sound: Vec<_> = (0..inspections.len()).map(sound).collect();
    findings.extend(repeated(dataset, &sound));
    for (row, picture) in sound.iter().enumerate() {
        if let Some(detail) = picture.and_then(|picture| misnamed(dataset, row, picture)) {
            findings.entry(row).or_insert((Reason::Extension, detail));
        }
    }
    findings
        .into_iter()
        .map(|(row, (reason, detail))| Finding {
            row,
            file: dataset.rows[row].file.clone(),
            reason,
            detail,
        })
        .collect()
}

/// What is wrong with a picture by itself.
fn fault(inspection: &Inspection, limits: Limits) -> Option<(Reason, String)> {
    let picture = match inspection {
        Inspection::Missing => return Some((Reason::Missing, "there is no such file".into())),
        Inspection::Broken(reason) => return Some((Reason::Broken, reason.clone())),
        Inspection::Picture(picture) => picture,
    };
    let (width, height) = (picture.width, picture.height);
    if width.min(height) < limits.min_side {
        return Some((Reason::Tiny, format!("{width} × {height} pixels")));
    }
    (picture.deviation < limits.min_deviation).then(|| {
        let detail = format!("its colours deviate by {:.1} of 255", picture.deviation);
        (Reason::Uniform, detail)
    })
}

/// Of two thumbnails. On plain covers with a small mark the hash alone finds duplicates that are none.
const MIN_CORRELATION: f64 = 0.9;

/// Rows with the same picture: all of them if they are of two genres, because then not one of the labels can be
/// trusted; else all but the first.
fn repeated(dataset: &Dataset, pictures: &[Option<&Picture>]) -> BTreeMap<usize, (Reason, String)> {
    let mut groups = Groups::new(pictures.len());
    let hashes: Vec<_> = pictures
        .iter()
        .map(|picture| picture.map(|picture| picture.hash))
        .collect();
    groups.join_near_duplicates_if(&hashes, |one, other| {
        match (pictures[one], pictures[other]) {
            (Some(one), Some(other)) => one.correlation(other) >= MIN_CORRELATION,
            _ => false,
        }
    });
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (row, _) in pictures
        .iter()
        .enumerate()
        .filter(|(_, picture)| picture.is_some())
    {
        members.entry(groups.find(row)).or_default().push(row);
    }
    members
        .into_values()
        .filter(|group| group.len() > 1)
        .flat_map(|group| judge_group(dataset, pictures, &group))
        .collect()
}

fn judge_group(
    dataset: &Dataset,
    pictures: &[Option<&Picture>],
    group: &[usize],
) -> Vec<(usize, (Reason, String))> {
    let genres: BTreeSet<_> = group
        .iter()
        .map(|&row| dataset.rows[row].genre.as_str())
        .collect();
    if genres.len() > 1 {
        let genres = genres.into_iter().collect::<Vec<_>>().join(" and ");
        let name = |row: usize| dataset.rows[row].file.display();
        return group
            .iter()
            .map(|&row| {
                let other = group
                    .iter()
                    .find(|&&other| other != row)
                    .copied()
                    .unwrap_or(row);
                let detail = format!("under {genres}, also as {}", name(other));
                (row, (Reason::TwoGenres, detail))
            })
            .collect();
    }
    let mut first_of: HashMap<[u8; 32], usize> = HashMap::new();
    let mut findings = Vec::new();
    for &row in group {
        let Some(picture) = pictures[row] else {
            continue;
        };
        let like = |other: usize| format!("like {}", dataset.rows[other].file.display());
        match first_of.get(&picture.sha256) {
            Some(&first) => findings.push((row, (Reason::Duplicate, like(first)))),
            None => {
                first_of.insert(picture.sha256, row);
                if row != group[0] {
                    findings.push((row, (Reason::NearDuplicate, like(group[0]))));
                }
            }
        }
    }
    findings
}

/// The extension is not one of the content's format.
fn misnamed(dataset: &Dataset, row: usize, picture: &Picture) -> Option<String> {
    let format = picture.format?;
    let extension = dataset.rows[row].file.extension();
    let named = extension.and_then(ImageFormat::from_extension);
    (named != Some(format)).then(|| {
        let extension = format.extensions_str().first().unwrap_or(&"");
        format!("its content is that of a .{extension} file")
    })
}

#[cfg(test)]
mod tests;
