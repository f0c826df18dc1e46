public import CrashModel

/// What usually follows from what, and which families weigh more as a cause. Read from `patterns/causality.yaml`.
public struct Causality: Sendable, Hashable {
    /// "A failure of `cause` explains later failures of `explains`"; both are category patterns such as `oom/*`.
    public struct Law: Sendable, Hashable {
        public var cause: String
        public var explains: [String]
        /// Categories that the law leaves out.
        public var except: [String]
    }

    public var laws: [Law]
    /// Category patterns from the strongest kind of cause to the weakest.
    public var tiers: [[String]]
    /// What the other ranks say when one of them is gone.
    public var lostRank: [String]

    /// What an observation of a recording says about causes.
    public struct Testimony: Sendable, Hashable {
        /// As in ``MachineObservation``: `memory-exhausted`.
        public var observation: String
        /// Category patterns that it makes more likely, and less.
        public var supports: [String]
        public var weakens: [String]
    }

    /// One for each kind of observation that says something.
    public var testimonies: [Testimony]

    public init(
        laws: [Law] = [], tiers: [[String]] = [], lostRank: [String] = [], testimonies: [Testimony] = []
    ) {
        self.laws = laws
        self.tiers = tiers
        self.lostRank = lostRank
        self.testimonies = testimonies
    }

    /// Whether such a failure is what ranks report that lost another one.
    public func followsFromLostRank(_ category: Category) -> Bool { lostRank.contains { category.matches($0) } }

    /// Whether a failure of category `cause` usually makes one of category `effect` follow.
    public func explains(_ cause: Category, _ effect: Category) -> Bool {
        laws.contains { law in
            cause.matches(law.cause) && law.explains.contains { effect.matches($0) }
                && !law.except.contains { effect.matches($0) }
        }
    }

    /// The strength of a category as a cause: 0 is the strongest.
    public func tier(of category: Category) -> Int {
        tiers.firstIndex { $0.contains { category.matches($0) } } ?? tiers.count
    }

    mutating func merge(_ other: Causality) {
        laws += other.laws
        if !other.tiers.isEmpty { tiers = other.tiers }
        lostRank += other.lostRank
        let kinds = Set(other.testimonies.map(\.observation))
        testimonies.removeAll { kinds.contains($0.observation) }
        testimonies += other.testimonies
    }
}
