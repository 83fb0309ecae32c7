// SPDX-License-Identifier: Apache-2.0
// grammar says what Kubernetes and Go make of a cron expression, a time zone and a duration. The tests of the operator hold its own
// grammars against the answers.
//
// Each line of standard input is a question in JSON, and each line of standard output the answer to it:
//
//	{"kind": "cron", "text": "0 2 * * 1-5", "zone": "UTC", "at": [1798761600]}    {"next": [1798855200]}; 0: never
//	{"kind": "zone", "text": "Europe/Berlin", "at": [1798761600]}                 {"offsets": [3600]}
//	{"kind": "duration", "text": "1.5h"}                                          {"nanos": 5400000000000}
//
// What is rejected is answered with {"error": "…"}. Times are seconds since 1970.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // where the machine has no database of time zones

	"github.com/robfig/cron/v3"
)

type question struct {
	Kind string  `json:"kind"`
	Text string  `json:"text"`
	Zone string  `json:"zone"`
	At   []int64 `json:"at"`
}

type answer struct {
	Error   string  `json:"error,omitempty"`
	Next    []int64 `json:"next,omitempty"`
	Offsets []int   `json:"offsets,omitempty"`
	Nanos   int64   `json:"nanos"`
}

func main() {
	questions := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions.More() {
		var asked question
		if err := questions.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		said, err := answered(asked)
		if err != nil {
			said = answer{Error: err.Error()}
		}
		if err := answers.Encode(said); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func answered(asked question) (answer, error) {
	switch asked.Kind {
	case "cron":
		return next(asked)
	case "zone":
		return offsets(asked)
	case "duration":
		length, err := time.ParseDuration(asked.Text)
		return answer{Nanos: int64(length)}, err
	default:
		return answer{}, fmt.Errorf("unknown kind %q", asked.Kind)
	}
}

func next(asked question) (answer, error) {
	schedule, err := parsed(asked.Text)
	if err != nil {
		return answer{}, err
	}
	place, err := location(asked.Zone)
	if err != nil {
		return answer{}, err
	}
	var times []int64
	for _, at := range asked.At {
		found := schedule.Next(time.Unix(at, 0).In(place))
		if found.IsZero() {
			times = append(times, 0)
		} else {
			times = append(times, found.Unix())
		}
	}
	return answer{Next: times}, nil
}

// As the API server does for CronJobs: pkg/apis/batch/validation, validateScheduleFormat. The library panics at some texts.
func parsed(text string) (schedule cron.Schedule, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("invalid schedule format: %v", fault)
		}
	}()
	if text == "" {
		return nil, errors.New("a schedule is required")
	}
	if strings.Contains(text, "TZ") {
		return nil, errors.New("cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
	}
	return cron.ParseStandard(text)
}

func offsets(asked question) (answer, error) {
	place, err := location(asked.Text)
	if err != nil {
		return answer{}, err
	}
	var seconds []int
	for _, at := range asked.At {
		_, offset := time.Unix(at, 0).In(place).Zone()
		seconds = append(seconds, offset)
	}
	return answer{Offsets: seconds}, nil
}

var validTimeZoneCharacters = regexp.MustCompile(`^[A-Za-z\.\-_0-9+]{1,14}$`)

// As the API server does for CronJobs: pkg/apis/batch/validation, validateTimeZone.
func location(name string) (*time.Location, error) {
	if name == "" {
		return nil, errors.New("timeZone must be nil or non-empty string")
	}
	for _, part := range strings.Split(name, "/") {
		if part == "." || part == ".." || strings.HasPrefix(part, "-") || !validTimeZoneCharacters.MatchString(part) {
			return nil, fmt.Errorf("unknown time zone %s", name)
		}
	}
	if strings.EqualFold(name, "Local") {
		return nil, errors.New("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
	}
	return time.LoadLocation(name)
}
