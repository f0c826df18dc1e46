public import Foundation

/// What many crashes have in common: how often, how long until the next, what they cost, what fixed them.
///
/// Each number says what it rests on. One that cannot be known is nil, and ``absent`` says why.
public struct CrashStatistics: Sendable, Hashable, Codable {
    public static let schema = "faultline.stats/1"

    public var schema = CrashStatistics.schema
    public var generatedAt: Date
    /// What was asked for.
    public var filter: CrashFilter
    /// Crashes that are counted, each once.
    public var crashes: Int
    /// How many the ledger holds.
    public var ledgerCrashes: Int
    /// Of ``crashes``, those that state no time. They stand on the day of the scan that found them.
    public var undated: Int
    public var period: Period?
    public var perDay: Double?
    /// Days of UTC with a crash, in order.
    public var days: [Day] = []
    public var runHours: RunHours?
    public var perThousandRunHours: Double?
    public var betweenFailures: Mean?
    public var toRecovery: Recovery?
    /// By the number of crashes, the most first; as are all lists but ``days`` and ``fixes``.
    public var families: [Family] = []
    public var lost = Lost()
    /// Fingerprints that struck more than once.
    public var repeatedFailures: [Offender] = []
    /// GPUs that more than one crash names.
    public var repeatedGPUs: [Offender] = []
    public var repeatedHosts: [Offender] = []
    /// The youngest first.
    public var fixes: [Fix] = []
    /// Why a number is not known, by its key in the JSON: `to_recovery`.
    public var absent: [String: String] = [:]
    /// Lines of the ledger that could not be read.
    public var damagedLines = 0
    /// Records that a newer Faultline wrote.
    public var newerRecords = 0

    public init(generatedAt: Date, filter: CrashFilter = CrashFilter(), crashes: Int, ledgerCrashes: Int, undated: Int)
    {
        self.generatedAt = generatedAt
        self.filter = filter
        self.crashes = crashes
        self.ledgerCrashes = ledgerCrashes
        self.undated = undated
    }

    /// The time in which the crashes were looked for.
    public struct Period: Sendable, Hashable, Codable {
        public var from: Date
        public var to: Date
        /// One at the least.
        public var days: Double

        public init(from: Date, to: Date, days: Double) {
            self.from = from
            self.to = to
            self.days = days
        }
    }

    public struct Day: Sendable, Hashable, Codable {
        /// `2026-03-01`, in UTC.
        public var day: String
        /// Days since 1970-01-01.
        public var number: Int
        public var crashes: Int

        public init(day: String, number: Int, crashes: Int) {
            self.day = day
            self.number = number
            self.crashes = crashes
        }
    }

    /// How long training ran.
    public struct RunHours: Sendable, Hashable, Codable {
        public enum Source: String, Sendable, Codable {
            /// A person said so, of all runs.
            case given
            /// From the first to the last progress of the runs that crashed.
            case records
        }

        public var hours: Double
        public var source: Source
        /// Crashes that the hours are of.
        public var crashes: Int

        public init(hours: Double, source: Source, crashes: Int) {
            self.hours = hours
            self.source = source
            self.crashes = crashes
        }
    }

    public struct Mean: Sendable, Hashable, Codable {
        public var seconds: Double
        /// Crashes that it was made of.
        public var crashes: Int

        public init(seconds: Double, crashes: Int) {
            self.seconds = seconds
            self.crashes = crashes
        }
    }

    /// Until something on record shows that training went on: the recovery itself was at that time or before.
    public struct Recovery: Sendable, Hashable, Codable {
        public var seconds: Double
        public var crashes: Int
        /// Of ``crashes``, those with later progress; the rest were called fixed by a person.
        public var byProgress: Int

        public init(seconds: Double, crashes: Int, byProgress: Int) {
            self.seconds = seconds
            self.crashes = crashes
            self.byProgress = byProgress
        }

        enum CodingKeys: String, CodingKey {
            case seconds, crashes
            case byProgress = "by_progress"
        }
    }

    /// How often a category struck.
    public struct Share: Sendable, Hashable, Codable {
        public var category: Category
        public var crashes: Int

        public init(category: Category, crashes: Int) {
            self.category = category
            self.crashes = crashes
        }
    }

    public struct Family: Sendable, Hashable, Codable {
        public var family: String
        public var crashes: Int
        /// Of all crashes, 0 to 1.
        public var share: Double
        public var categories: [Share]

        public init(family: String, crashes: Int, share: Double, categories: [Share]) {
            self.family = family
            self.crashes = crashes
            self.share = share
            self.categories = categories
        }
    }

    /// Work since the last checkpoint. What two crashes of one run lost in common is counted once.
    public struct Lost: Sendable, Hashable, Codable {
        public var steps: Int
        /// Crashes of which the lost steps are known.
        public var stepsCrashes: Int
        public var seconds: Double
        public var secondsCrashes: Int

        public init(steps: Int = 0, stepsCrashes: Int = 0, seconds: Double = 0, secondsCrashes: Int = 0) {
            self.steps = steps
            self.stepsCrashes = stepsCrashes
            self.seconds = seconds
            self.secondsCrashes = secondsCrashes
        }

        enum CodingKeys: String, CodingKey {
            case steps, seconds
            case stepsCrashes = "steps_crashes"
            case secondsCrashes = "seconds_crashes"
        }
    }

    /// A fingerprint, a GPU or a host that was struck more than once.
    public struct Offender: Sendable, Hashable, Codable {
        /// The fingerprint, the GPU as the log calls it, or the host.
        public var name: String
        /// Of a GPU.
        public var host: String?
        /// Of a fingerprint, its newest crash's.
        public var title: String?
        public var crashes: Int
        public var last: Date
        public var categories: [Share]

        public init(
            name: String, host: String? = nil, title: String? = nil, crashes: Int, last: Date, categories: [Share]
        ) {
            self.name = name
            self.host = host
            self.title = title
            self.crashes = crashes
            self.last = last
            self.categories = categories
        }
    }

    /// What a person said fixed a failure, and what came of it.
    public struct Fix: Sendable, Hashable, Codable {
        public var fix: String
        public var fixedAt: Date
        public var fingerprint: String
        /// Nil when the ledger holds no such crash any more.
        public var title: String?
        public var category: Category?
        /// How often the failure struck before it was fixed, and since.
        public var before: Int
        public var since: Int

        public init(
            fix: String, fixedAt: Date, fingerprint: String, title: String? = nil, category: Category? = nil,
            before: Int, since: Int
        ) {
            self.fix = fix
            self.fixedAt = fixedAt
            self.fingerprint = fingerprint
            self.title = title
            self.category = category
            self.before = before
            self.since = since
        }

        enum CodingKeys: String, CodingKey {
            case fix, fingerprint, title, category, before, since
            case fixedAt = "fixed_at"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, filter, crashes, undated, period, days, families, lost, fixes, absent
        case generatedAt = "generated_at"
        case ledgerCrashes = "ledger_crashes"
        case perDay = "per_day"
        case runHours = "run_hours"
        case perThousandRunHours = "per_thousand_run_hours"
        case betweenFailures = "between_failures"
        case toRecovery = "to_recovery"
        case repeatedFailures = "repeated_failures"
        case repeatedGPUs = "repeated_gpus"
        case repeatedHosts = "repeated_hosts"
        case damagedLines = "damaged_lines"
        case newerRecords = "newer_records"
    }
}
