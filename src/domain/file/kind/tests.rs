//! Files as people have them, and as people should not have them.

use super::super::zip::archive as zipped;
use super::*;

fn kinds(bytes: &[u8], name: &str) -> Result<(FileKind, &'static str), Unfit> {
    sniff(bytes, name).map(|found| (found.kind, found.content_type))
}

#[test]
fn what_people_attach_is_told_by_its_beginning() {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let table: &[(&[u8], &str, FileKind, &str)] = &[
        (b"%PDF-1.7\n%\xe2\xe3", "offer.pdf", FileKind::Pdf, "application/pdf"),
        // What it is called does not make it something else.
        (b"%PDF-1.7\n", "offer.png", FileKind::Pdf, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "scan.png", FileKind::Png, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "scan.jpg", FileKind::Jpeg, "image/jpeg"),
        (b"GIF89a", "a.gif", FileKind::Gif, "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", FileKind::Webp, "image/webp"),
        ("报价：一百元\n".as_bytes(), "offer.txt", FileKind::Text, "text/plain"),
        (b"\xb1\xa8\xbc\xdb\r\n", "offer.txt", FileKind::Text, "text/plain"),
        (b"\xff\xfea\0\n\0", "wide.txt", FileKind::Text, "text/plain"),
        (b"a,b\r\n1,2\r\n", "a.csv", FileKind::Csv, "text/csv"),
        (b"{\"a\": 1}", "a.json", FileKind::Json, "application/json"),
        (b"{\"a\": ", "a.json", FileKind::Text, "text/plain"),
        (b"<?xml version=\"1.0\"?><invoice/>", "a.xml", FileKind::Xml, "application/xml"),
        (b"if a < b, say <html>", "note.txt", FileKind::Text, "text/plain"),
        (&zipped(&["[Content_Types].xml", "word/document.xml", "word/printerSettings1.bin"]), "a.docx", FileKind::Office, word),
        (&zipped(&["OFD.xml", "Doc_0/Document.xml"]), "a.ofd", FileKind::Ofd, "application/ofd"),
        (&zipped(&["mimetype", "content.xml"]), "a.ods", FileKind::Office, "application/vnd.oasis.opendocument.spreadsheet"),
        (&zipped(&["a.pdf", "b/c.txt"]), "a.zip", FileKind::Zip, "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "old.xls", FileKind::Office, "application/vnd.ms-excel"),
    ];
    for (bytes, name, kind, content_type) in table {
        assert_eq!(kinds(bytes, name), Ok((*kind, *content_type)), "{name}");
    }
}

#[test]
fn what_runs_is_refused_whatever_it_is_called() {
    let mut macros = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    macros.extend("_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes));
    let table: &[(&[u8], &str, Unfit)] = &[
        (b"MZ\x90\0", "invoice.pdf", Unfit::Program),
        (b"\x7fELF\x02", "invoice", Unfit::Program),
        (b"#!/bin/sh\nrm -rf /\n", "notes.txt", Unfit::Program),
        (b"\xca\xfe\xba\xbe", "a.zip", Unfit::Program),
        (b"echo hello", "setup.bat", Unfit::Program),
        (b"echo hello", "setup.BAT . ", Unfit::Program),
        (b"%PDF-1.7", "offer.pdf.exe", Unfit::Program),
        (b"<!DOCTYPE html><script>alert(1)</script>", "offer.txt", Unfit::Page),
        (b"\xef\xbb\xbf  <HTML>", "offer.xml", Unfit::Page),
        (b"<?xml version=\"1.0\"?><!-- x --><svg onload=\"alert(1)\"/>", "logo.xml", Unfit::Page),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "wide.txt", Unfit::Page),
        (b"plain", "page.html", Unfit::Page),
        (&zipped(&["META-INF/MANIFEST.MF", "A.class"]), "a.zip", Unfit::Program),
        (&zipped(&["holiday/photos.exe"]), "a.zip", Unfit::Program),
        (&zipped(&["[Content_Types].xml", "xl/vbaProject.bin"]), "a.xlsx", Unfit::Macros),
        (&zipped(&["[Content_Types].xml", "xl/workbook.xml"]), "a.xlsm", Unfit::Macros),
        (&zipped(&["mimetype", "content.xml", "Basic/Standard/a.xml"]), "a.odt", Unfit::Macros),
        (&macros, "old.doc", Unfit::Macros),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "setup", Unfit::Unknown),
        (b"PK\x03\x04 and no directory", "a.zip", Unfit::Unknown),
        (b"\x00\x01\x02\x03", "data", Unfit::Unknown),
    ];
    for (bytes, name, unfit) in table {
        assert_eq!(kinds(bytes, name), Err(*unfit), "{name}");
    }
}

#[test]
fn words_and_kinds_are_the_same_list() {
    for (kind, word) in FileKind::ALL.into_iter().zip(FileKind::WORDS) {
        assert_eq!((kind.word(), FileKind::of(word)), (word, Some(kind)));
    }
    assert_eq!(FileKind::of("exe"), None);
}
