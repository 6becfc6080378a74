"""Mails as strange as they come, and one that would load whatever it can."""

from pathlib import Path

MAILS = Path(__file__).parents[1] / "data" / "mail"
STRANGE = (
    "flanker--torture-part.eml",
    "flanker--bounce-broken-mime.eml",
    "flanker--message-external-body.eml",
    "mikel--error_emails-encoding_madness.eml",
    "mikel--multi_charset-japanese_iso_2022.eml",
    "stalwart--malformed-016.eml",
    "sisimai--arf-11.eml",
    "mimekit--gmail.eml",
)
LOADING = b"""From: A <a@loading.example>\r
To: orders@lantern.example\r
Subject: Pictures from elsewhere\r
Message-ID: <loading.1@loading.example>\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head><link rel=stylesheet href="https://loading.example/s.css">
<style>@import "https://loading.example/i.css"</style>
<meta http-equiv=refresh content="0;url=https://loading.example/r"></head>
<body background="https://loading.example/b.png"
onload="fetch('https://loading.example/f')"><p style="background:url(https://loading.example/p.png)">
Can you read this?</p>
<img src="https://loading.example/t.gif"><img srcset="https://loading.example/2.png 2x">
<video poster="https://loading.example/v.png" src="https://loading.example/v.mp4"></video>
<svg><image href="https://loading.example/g.png"/></svg>
<iframe src="https://loading.example/i"></iframe><script src="https://loading.example/x.js"></script></body></html>
"""
