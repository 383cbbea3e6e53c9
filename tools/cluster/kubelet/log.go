package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// longest is how many bytes of a line make a record of their own: progress bars may never end theirs.
const longest = 16 << 10

// log is a container's, in the form that kubelets read: a line's time, its stream, F for full or P for a part of it, its text.
type log struct {
	mu      sync.Mutex
	path    string
	file    *os.File
	streams []*logStream
}

type logStream struct {
	log     *log
	name    string
	pending []byte
}

func openLog(path string) (*log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	l := &log{path: path}
	return l, l.reopen()
}

// reopen goes on in a new file, after the kubelet has moved the old one away.
func (l *log) reopen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	if l.file != nil {
		_ = l.file.Close()
	}
	l.file = file
	return nil
}

func (l *log) stream(name string) *logStream {
	s := &logStream{log: l, name: name}
	l.streams = append(l.streams, s)
	return s
}

func (s *logStream) Write(text []byte) (int, error) {
	s.pending = append(s.pending, text...)
	for {
		line, rest, full := bytes.Cut(s.pending, []byte("\n"))
		if !full {
			break
		}
		s.record("F", line)
		s.pending = rest
	}
	if len(s.pending) >= longest {
		s.record("P", s.pending)
		s.pending = nil
	}
	return len(text), nil
}

func (s *logStream) record(tag string, text []byte) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	fmt.Fprintf(s.log.file, "%s %s %s %s\n", time.Now().UTC().Format(time.RFC3339Nano), s.name, tag, text)
}

// close writes what had no end of line, and closes the file.
func (l *log) close() {
	for _, s := range l.streams {
		if len(s.pending) > 0 {
			s.record("F", s.pending)
		}
	}
	_ = l.file.Close()
}
