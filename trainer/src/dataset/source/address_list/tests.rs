use std::fs;

use super::*;

fn open(name: &str, text: &str) -> (tempfile::TempDir, Result<AddressList>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    fs::write(folder.path().join("here.jpg"), "").unwrap();
    let columns = if name.ends_with("tsv") {
        Columns::Tsv
    } else {
        Columns::Csv
    };
    let list = AddressList::open(&path, columns);
    (folder, list)
}

/// All albums of a genre, page by page.
fn albums(list: &AddressList, genre: &str) -> Vec<Album> {
    let genre = Wanted::new(genre, 1).unwrap();
    let mut page = list.read_page(&genre, None).unwrap();
    let mut albums = std::mem::take(&mut page.albums);
    while let Some(next) = page.next {
        page = list.read_page(&genre, Some(&next)).unwrap();
        albums.extend(std::mem::take(&mut page.albums));
    }
    albums
}

#[test]
fn a_tsv_is_read_by_genre() {
    let text = "https://f4.bcbits.com/img/a1.jpg\tmetal/1.jpg\nhttps://a.org/\"2\".jpg\thiphop_rap/2.jpg\n\
                no address\tmetal/3.jpg\nfile:///etc/passwd\tmetal/4.jpg\nhttps://a.org/5.jpg\n\
                https://a.org/6.jpg\t../../metal/6.jpg\nhttps://a.org/7.jpg\tmetal/7.jpg\n";
    let (_folder, list) = open("list.tsv", text);
    let list = list.unwrap();
    let urls: Vec<_> = albums(&list, "metal")
        .into_iter()
        .map(|album| album.id)
        .collect();
    assert_eq!(
        urls,
        ["https://f4.bcbits.com/img/a1.jpg", "https://a.org/7.jpg"]
    );
    assert_eq!(albums(&list, "hip hop").len(), 1);
}

#[test]
fn a_csv_is_read_by_its_header() {
    let text = "\u{feff}Artist, genre ,title,url,file,year,id\nSigur Rós,Rock,\"( ), live\",https://a.org/1.jpg,,2002-10-28,x1\n\
                A,rock|jazz,T,https://a.org/2.jpg,,,\nB,rock,T,,here.jpg,1977,\nC,rock,T,,../here.jpg,,\nD,,T,https://a.org/3.jpg,,,\n";
    let (_folder, list) = open("list.csv", text);
    let list = list.unwrap();
    let found = albums(&list, "rock");
    assert_eq!(found.len(), 3);
    let first = Album {
        id: "x1".into(),
        title: "( ), live".into(),
        artist: "Sigur Rós".into(),
        year: "2002".into(),
        genres: vec![("Rock".into(), 1)],
        cover: Place::Url(Url::parse("https://a.org/1.jpg").unwrap()),
        licence: String::new(),
    };
    assert_eq!(found[0], first);
    assert_eq!(found[1].genres.len(), 2);
    assert!(matches!(&found[2].cover, Place::File(path) if path.ends_with("here.jpg")));
}

#[test]
fn a_picture_under_two_genres_has_both() {
    let text =
        "url,genre\nhttps://a.org/1.jpg,rock\nhttps://a.org/2.jpg,rock\nhttps://a.org/1.jpg,Jazz\n";
    let (_folder, list) = open("list.csv", text);
    let rock = albums(&list.unwrap(), "rock");
    let names: Vec<_> = rock[0]
        .genres
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["jazz", "rock"]);
    assert_eq!(rock[2].genres.len(), 2);
    assert_eq!(rock[1].genres.len(), 1);
}

#[test]
fn long_lists_come_in_pages() {
    let lines: String = (0..1050)
        .map(|index| {
            format!(
                "https://a.org/{index}.jpg\t{}/{index}.jpg\n",
                ["rock", "jazz"][index % 2]
            )
        })
        .collect();
    let (_folder, list) = open("list.tsv", &lines);
    let list = list.unwrap();
    let found = albums(&list, "jazz");
    assert_eq!(found.len(), 525);
    assert!(
        found
            .iter()
            .enumerate()
            .all(|(index, album)| album.id == format!("https://a.org/{}.jpg", 2 * index + 1))
    );
    assert_eq!(
        list.read_page(&Wanted::new("rock", 1).unwrap(), None)
            .unwrap()
            .albums
            .len(),
        PAGE
    );
}

#[test]
fn what_is_wrong_with_a_list_is_told() {
    let error = |name: &str, text: &str| format!("{:#}", open(name, text).1.err().unwrap());
    assert!(
        error("a.csv", "genre,name\nrock,x\n")
            .contains("\"genre\" and \"url\" (or \"file\") are needed; there are: genre, name")
    );
    assert!(error("a.tsv", "").contains("no lines"));
    assert!(error("a.tsv", "x\trock/1.jpg\n").contains("line 1: \"x\" is no address"));
}
