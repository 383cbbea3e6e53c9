package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// log is a container's, in the form that kubelets read: a line's time, its stream, whether it is full, its text.
type log struct {
	mu      sync.Mutex
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
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	return &log{file: file}, err
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
			return len(text), nil
		}
		s.line(line)
		s.pending = rest
	}
}

func (s *logStream) line(text []byte) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	fmt.Fprintf(s.log.file, "%s %s F %s\n", time.Now().UTC().Format(time.RFC3339Nano), s.name, text)
}

// close writes what had no end of line, and closes the file.
func (l *log) close() {
	for _, s := range l.streams {
		if len(s.pending) > 0 {
			s.line(s.pending)
		}
	}
	_ = l.file.Close()
}
