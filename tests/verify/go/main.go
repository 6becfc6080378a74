// Verify a log's files with golang.org/x/mod: its checkpoint's signature, every entry's record hash against the tree,
// and the tree of each smaller size that is named. Nothing here knows Comity.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(where string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, where+": "+err.Error())
		os.Exit(1)
	}
}

// A C2SP log has tiles of height 8, and paths without it.
type files string

func (dir files) Height() int { return 8 }

func (dir files) path(t tlog.Tile) string {
	return filepath.Join(string(dir), strings.Replace(t.Path(), "tile/8/", "tile/", 1))
}

func (dir files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(dir.path(t))
		if os.IsNotExist(err) && t.W != 256 {
			full := t
			full.W = 256
			if data, err = os.ReadFile(dir.path(full)); err == nil {
				data = data[:t.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (dir files) SaveTiles([]tlog.Tile, [][]byte) {}

func bundle(dir string, n, size int64) [][]byte {
	path := fmt.Sprintf("tile/entries/%03d", n)
	if width := size - n*256; width < 256 {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			path = fmt.Sprintf("%s.p/%d", path, width)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, path))
	fail("bundle", err)
	var found [][]byte
	for len(data) > 0 {
		length := int(data[0])<<8 | int(data[1])
		found = append(found, data[2:2+length])
		data = data[2+length:]
	}
	return found
}

func main() {
	dir, vkey := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	fail("key", err)
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	fail("checkpoint", err)
	opened, err := note.Open(raw, note.VerifierList(verifier))
	fail("signature", err)
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + opened.Text[strings.Index(opened.Text, "\n")+1:]))
	fail("tree", err)
	hashes := tlog.TileHashReader(tree, files(dir))
	for id := int64(0); id < tree.N; id++ {
		entries := bundle(dir, id/256, tree.N)
		record := tlog.RecordHash(entries[id%256])
		proof, err := tlog.ProveRecord(tree.N, id, hashes)
		fail("proof", err)
		fail(fmt.Sprintf("entry %d", id), tlog.CheckRecord(proof, tree.N, tree.Hash, id, record))
	}
	for _, older := range []int64{1, tree.N / 2, tree.N - 1} {
		if older < 1 || older >= tree.N {
			continue
		}
		root, err := tlog.TreeHash(older, hashes)
		fail("older root", err)
		proof, err := tlog.ProveTree(tree.N, older, hashes)
		fail("older proof", err)
		fail("consistency", tlog.CheckTree(proof, tree.N, tree.Hash, older, root))
	}
	fmt.Println(tree.N)
}
