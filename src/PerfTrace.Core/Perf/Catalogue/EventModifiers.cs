namespace PerfTrace.Perf;

/// <summary>
/// The letters after an event's last colon (perf-list(1), "EVENT MODIFIERS") and what they do to its attributes.
/// Letters add up: those of a group are applied to what the event's own have left.
/// </summary>
internal struct EventModifiers
{
    private const string Known = "ukhGHpPSDIWeb";
    private bool _hasHostOrGuest;

    /// <summary>The attributes' flags and precise_ip so far.</summary>
    public PerfEventAttr Attributes;

    /// <summary>P: the highest precise_ip that the kernel accepts; only sampling asks for it.</summary>
    public bool IsPreciseMaximum;

    /// <summary>S: read the group's values at each sample of the leader.</summary>
    public bool ReadsGroupOnSample;

    /// <summary>W: the group falls apart into single events when it does not fit the PMU.</summary>
    public bool IsWeak;

    /// <summary>D: always on the PMU, or in error.</summary>
    public bool IsPinned;

    /// <summary>e: alone on the PMU.</summary>
    public bool IsExclusive;

    public EventModifiers(PerfEventAttr attributes)
    {
        Attributes = attributes;
        // Guests are not counted unless asked for, as perf has it; an event's own modifiers replace this default (see ApplyOwn).
        Attributes.Set(PerfEventFlags.ExcludeGuest, true);
    }

    /// <summary>The letters are modifiers, each at most once but p.</summary>
    public static bool AreModifiers(ReadOnlySpan<char> letters)
    {
        for (int i = 0; i < letters.Length; i++)
        {
            if (!Known.Contains(letters[i]) || (letters[i] != 'p' && letters[(i + 1)..].Contains(letters[i])))
                return false;
        }
        return !letters.IsEmpty;
    }

    /// <summary>What is wrong with letters that are no modifiers.</summary>
    public static string Misuse(ReadOnlySpan<char> letters) =>
        $"'{letters}' are not modifiers: each of {Known} may stand once, p up to three times.";

    /// <summary>
    /// Applies the letters that stand at the event itself. As perf has it, they replace the default exclusion of guests: u, p and H
    /// put it back, while k, h, G and the letters that concern something else leave guests counted.
    /// </summary>
    public string? ApplyOwn(ReadOnlySpan<char> letters)
    {
        if (!letters.IsEmpty)
            Attributes.Set(PerfEventFlags.ExcludeGuest, false);
        return Apply(letters);
    }

    /// <summary>Applies letters to what is there; returns what is wrong with them, or null.</summary>
    public string? Apply(ReadOnlySpan<char> letters)
    {
        if (letters.IsEmpty)
            return null;
        if (!AreModifiers(letters))
            return Misuse(letters);
        if (letters.Contains('b'))
            return "the modifier b (counting through a BPF program) is not supported.";

        int precise = Attributes.PreciseIp;
        foreach (char letter in letters)
        {
            switch (letter)
            {
                case 'u':
                    Include(PerfEventFlags.ExcludeUser);
                    ExcludeGuestUnlessTold();
                    break;
                case 'k': Include(PerfEventFlags.ExcludeKernel); break;
                case 'h': Include(PerfEventFlags.ExcludeHypervisor); break;
                case 'H': IncludeMachine(PerfEventFlags.ExcludeHost); break;
                case 'G': IncludeMachine(PerfEventFlags.ExcludeGuest); break;
                case 'I': Attributes.Set(PerfEventFlags.ExcludeIdle, true); break;
                case 'p':
                    precise++;
                    ExcludeGuestUnlessTold(); // precise events can not count guests
                    break;
                case 'P': IsPreciseMaximum = true; break;
                case 'S': ReadsGroupOnSample = true; break;
                case 'W': IsWeak = true; break;
                case 'D': IsPinned = true; break;
                case 'e': IsExclusive = true; break;
            }
        }
        if (precise > 3)
            return "precise_ip is at most 3 (ppp).";
        Attributes.PreciseIp = precise;
        return null;
    }

    // The first of u, k, h excludes all three levels; each letter then lets its own in again.
    private void Include(PerfEventFlags level)
    {
        const PerfEventFlags All = PerfEventFlags.ExcludeUser | PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor;
        if (!Attributes.Has(All))
            Attributes.Set(All, true);
        Attributes.Set(level, false);
    }

    private void ExcludeGuestUnlessTold()
    {
        if (!_hasHostOrGuest)
            Attributes.Set(PerfEventFlags.ExcludeGuest, true);
    }

    private void IncludeMachine(PerfEventFlags machine)
    {
        if (!_hasHostOrGuest)
        {
            Attributes.Set(PerfEventFlags.ExcludeHost | PerfEventFlags.ExcludeGuest, true);
            _hasHostOrGuest = true;
        }
        Attributes.Set(machine, false);
    }
}
