using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>
/// PMU terms and events come to the encodings that the vendors document: Intel SDM volume 3 (IA32_PERFEVTSELx and "Predefined
/// architectural performance events"), AMD PPR (PERF_CTL), ARM Architecture Reference Manual (common event numbers), and the kernel's
/// own sysfs formats. The trees are in tests/data/pmu.
/// </summary>
public class PmuEncodingTests
{
    private const string Skylake = "intel-skylake", AlderLake = "intel-alderlake-hybrid", Zen4 = "amd-zen4", Neoverse = "arm-neoverse";

    [Theory]
    // Intel SDM: the seven architectural events of CPUID leaf 0AH. Event select in bits 0-7, unit mask in 8-15.
    [InlineData("cpu/event=0x3c,umask=0x00/", 0x003c)] // UnHalted Core Cycles
    [InlineData("cpu/cpu-cycles/", 0x003c)]
    [InlineData("cpu/instructions/", 0x00c0)] // Instruction Retired
    [InlineData("cpu/bus-cycles/", 0x013c)] // UnHalted Reference Cycles
    [InlineData("cpu/cache-references/", 0x4f2e)] // LLC Reference
    [InlineData("cpu/cache-misses/", 0x412e)] // LLC Misses
    [InlineData("cpu/branch-instructions/", 0x00c4)] // Branch Instruction Retired
    [InlineData("cpu/branch-misses/", 0x00c5)] // Branch Misses Retired
    [InlineData("cpu/ref-cycles/", 0x0300)] // the fixed counter's pseudo encoding
    // IA32_PERFEVTSELx: E (edge) bit 18, PC bit 19, AnyThread bit 21, INV bit 23, CMASK bits 24-31; IN_TX 32, IN_TXCP 33.
    [InlineData("cpu/event=0xa3,umask=0x04,cmask=4/", 0x040004a3)] // CYCLE_ACTIVITY.STALLS_TOTAL
    [InlineData("cpu/event=0x0e,umask=0x01,cmask=1,inv=1/", 0x0180010e)] // UOPS_ISSUED.STALL_CYCLES
    [InlineData("cpu/event=0x9c,umask=0x01,cmask=255/", 0xff00019c)]
    [InlineData("cpu/edge,event=0x5e,umask=0x01,inv,cmask=1/", 0x0184015e)] // RS_EVENTS.EMPTY_END
    [InlineData("cpu/event=0x3c,pc=1/", 0x0008003c)]
    [InlineData("cpu/topdown-total-slots/", 0x0020003c)] // CPU_CLK_UNHALTED.THREAD_ANY
    [InlineData("cpu/topdown-recovery-bubbles/", 0x0120030d)] // INT_MISC.RECOVERY_CYCLES_ANY
    [InlineData("cpu/event=0x3c,in_tx=1/", 0x10000003c)]
    [InlineData("cpu/cycles-ct/", 0x30000003c)]
    [InlineData("cpu/r01c2/", 0x01c2)]
    [InlineData("r01c2", 0x01c2)]
    [InlineData("msr/tsc/", 0x00)]
    [InlineData("msr/smi/", 0x04)]
    [InlineData("msr/event=0xffffffffffffffff/", ulong.MaxValue)]
    [InlineData("cstate_core/c6-residency/", 0x02)]
    [InlineData("power/energy-pkg/", 0x02)]
    [InlineData("power/energy-ram/", 0x03)]
    // IA32_RTIT_CTL: CYCEn 1, MTCEn 9, TSCEn 10, BranchEn 13, MTCFreq 14-17, CycThresh 19-22, PSBFreq 24-27.
    [InlineData("intel_pt/cyc,mtc,tsc,branch/", 0x2602)]
    [InlineData("intel_pt/mtc_period=15,cyc_thresh=15,psb_period=15/", 0x0f7bc000)]
    public void IntelSkylakeConfig(string text, ulong config) => Assert.Equal(config, Single(Skylake, text).Config);

    [Theory]
    // MSR_OFFCORE_RSP_x, MSR_PEBS_LD_LAT_THRESHOLD and MSR_PEBS_FRONTEND travel in config1.
    [InlineData("cpu/event=0xb7,umask=0x01,offcore_rsp=0x3fffc00004/", 0x01b7, 0x3fffc00004)]
    [InlineData("cpu/event=0xbb,umask=0x01,offcore_rsp=0xffffffffffffffff/", 0x01bb, ulong.MaxValue)]
    [InlineData("cpu/mem-loads/", 0x01cd, 3)] // MEM_TRANS_RETIRED.LOAD_LATENCY
    [InlineData("cpu/event=0xcd,umask=0x1,ldlat=128/", 0x01cd, 128)]
    [InlineData("cpu/event=0xc6,umask=0x1,frontend=0x400406/", 0x01c6, 0x400406)] // FRONTEND_RETIRED.LATENCY_GE_4
    [InlineData("uncore_cha_0/event=0x35,umask=0x11,filter_opc_0=0x202,filter_opc_1=0x3ff,filter_nc/", 0x1135, 0x5ffc040000000000)]
    [InlineData("uncore_cha_0/event=0x34,umask=0x3,filter_state5=0x3ff,filter_tid4=1/", 0x0334, 0x07fe0001)]
    public void IntelSkylakeExtraRegisters(string text, ulong config, ulong config1)
    {
        PerfEvent e = Single(Skylake, text);

        Assert.Equal((config, config1), (e.Config!.Value, e.Config1!.Value));
    }

    [Theory]
    [InlineData("uncore_imc_0/cas_count_read/", 12, 0x0304, "MiB", 6.103515625e-5)] // 64 bytes in MiB
    [InlineData("uncore_imc_1/cas_count_write/", 13, 0x0c04, "MiB", 6.103515625e-5)]
    [InlineData("uncore_imc_0/clockticks/", 12, 0, null, 1)]
    [InlineData("power/energy-pkg/", 11, 2, "Joules", 2.3283064365386962890625e-10)] // 2^-32 J
    [InlineData("cpu/topdown-recovery-bubbles/", 4, 0x0120030d, null, 2)]
    [InlineData("cpu/instructions/", 4, 0xc0, null, 1)]
    public void UnitAndScaleComeFromSysfs(string text, uint type, ulong config, string? unit, double scale)
    {
        PerfEvent e = Single(Skylake, text);

        Assert.Equal((type, config, unit, scale), (e.Type!.Value, e.Config!.Value, e.Unit, e.Scale));
    }

    [Fact]
    public void AnUncoreNameMeansEachOfItsPmusOnTheCpusOfTheirMasks()
    {
        foreach (string text in (string[])["uncore_imc/cas_count_read/", "imc/cas_count_read/", "uncore_imc_*/cas_count_read/", "cas_count_read"])
        {
            PerfEvent[] events = [.. Repository.Catalogue(Skylake).Resolve(text).SelectMany(static g => g.Events)];

            Assert.Equal(["uncore_imc_0", "uncore_imc_1"], events.Select(static e => e.Pmu));
            Assert.Equal([12u, 13u], events.Select(static e => e.Type!.Value));
            Assert.All(events, static e => Assert.Equal("0,4", e.UncoreCpus!.ToString()));
            Assert.Equal(2, events.Select(static e => e.Name).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("cpu_core/event=0x3c/", 4, 0x3c, "0-3")]
    [InlineData("cpu_atom/event=0x3c/", 10, 0x3c, "4-7")]
    [InlineData("cpu_core/slots/", 4, 0x0400, "0-3")] // TOPDOWN.SLOTS, fixed counter 3
    [InlineData("cpu_core/topdown-retiring/", 4, 0x8000, "0-3")]
    [InlineData("cpu_core/topdown-mem-bound/", 4, 0x8700, "0-3")]
    [InlineData("cpu_atom/topdown-retiring/", 10, 0xc2, "4-7")] // TOPDOWN_RETIRING.ALL
    [InlineData("cpu_atom/topdown-be-bound/", 10, 0x74, "4-7")]
    // PERF_CAP_EXTENDED_HW_TYPE: the PMU's type in the upper half of a generalised event's config.
    [InlineData("cpu_core/cycles/", 0, 0x4_0000_0000, "0-3")]
    [InlineData("cpu_atom/branches/", 0, 0xa_0000_0004, "4-7")]
    [InlineData("cpu_atom/L1-dcache-load-misses/", 3, 0xa_0001_0000, "4-7")]
    public void HybridEventsGoToTheirKindOfCore(string text, uint type, ulong config, string cpus)
    {
        PerfEvent e = Single(AlderLake, text);

        Assert.Equal((type, config, cpus), (e.Type!.Value, e.Config!.Value, e.CoreCpus!.ToString()));
    }

    [Fact]
    public void AGeneralisedEventIsOneForEachKindOfCore()
    {
        PerfEvent[] cycles = [.. Repository.Catalogue(AlderLake).Resolve("cycles").SelectMany(static g => g.Events)];
        PerfEvent[] cache = [.. Repository.Catalogue(AlderLake).Resolve("LLC-load-misses:u").SelectMany(static g => g.Events)];
        PerfEvent[] raw = [.. Repository.Catalogue(AlderLake).Resolve("r1c0").SelectMany(static g => g.Events)];

        Assert.Equal([("cpu_core", 0u, 0x4_0000_0000ul), ("cpu_atom", 0u, 0xa_0000_0000ul)], cycles.Select(static e => (e.Pmu!, e.Type!.Value, e.Config!.Value)));
        Assert.Equal([(3u, 0x4_0001_0002ul), (3u, 0xa_0001_0002ul)], cache.Select(static e => (e.Type!.Value, e.Config!.Value)));
        Assert.Equal([(4u, 0x1c0ul), (10u, 0x1c0ul)], raw.Select(static e => (e.Type!.Value, e.Config!.Value)));
    }

    [Fact]
    public void AGroupOnAHybridMachineIsOneForEachKindOfCore()
    {
        // Events of two PMUs of cores in one group are refused by the kernel: perf since 6.2 makes two groups as well.
        IReadOnlyList<PerfEventGroup> groups = Repository.Catalogue(AlderLake).Resolve("{cycles,instructions,page-faults}:D");

        Assert.Equal(2, groups.Count);
        Assert.Equal([0x4_0000_0000ul, 0x4_0000_0001ul, 2ul], groups[0].Events.Select(static e => e.Config!.Value));
        Assert.Equal([0xa_0000_0000ul, 0xa_0000_0001ul], groups[1].Events.Select(static e => e.Config!.Value));
        Assert.Equal([true, false, false, true, false], groups.SelectMany(static g => g.Events).Select(static e => e.Attributes.Has(PerfEventFlags.Pinned)));
    }

    [Theory]
    // PERF_CTL: EventSelect[7:0] in bits 0-7 and EventSelect[11:8] in bits 32-35; UnitMask 8-15, Edge 18, Inv 23, CntMask 24-31.
    [InlineData("cpu/cpu-cycles/", 0x76)] // LsNotHaltedCyc
    [InlineData("cpu/event=0x120/", 0x1_0000_0020)] // LsNotHaltedP0Cyc
    [InlineData("cpu/ref-cycles/", 0x1_0000_0020)]
    [InlineData("cpu/event=0xfff,umask=0xff/", 0xf_0000_ffff)]
    [InlineData("cpu/event=0x28f,umask=0x7/", 0x2_0000_078f)] // OpCacheHitMiss
    [InlineData("cpu/cache-references/", 0xff60)]
    [InlineData("cpu/cache-misses/", 0x0964)]
    [InlineData("cpu/branch-misses/", 0xc3)]
    [InlineData("cpu/event=0xc0,cmask=5,inv,edge/", 0x058400c0)]
    // DF PerfMonV2: EventSelect[13:8] in 32-37, UnitMask[11:8] in 24-27.
    [InlineData("amd_df/event=0x1f,umask=0x7fe/", 0x0700fe1f)]
    [InlineData("amd_df/event=0x3fff,umask=0xfff/", 0x3f_0f00_ffff)]
    // L3: CoreId 42-44, EnAllSlices 46, EnAllCores 47, SliceId 48-50, ThreadMask 56-57.
    [InlineData("amd_l3/event=0x04,umask=0xff,enallcores,enallslices,threadmask=3/", 0x0300_c000_0000_ff04)]
    [InlineData("amd_l3/event=0x9a,coreid=7,sliceid=5/", 0x0005_1c00_0000_009a)]
    [InlineData("amd_umc_1/event=0x0a,rdwrmask=2/", 0x020a)]
    // IbsOpCtl: IbsOpL3MissOnly 16, IbsOpCntCtl 19. IbsFetchCtl: IbsRandEn 57, IbsFetchL3MissOnly 59.
    [InlineData("ibs_op/cnt_ctl,l3missonly/", 0x90000)]
    [InlineData("ibs_fetch/rand_en=1,l3missonly=1/", 0x0a00_0000_0000_0000)]
    public void AmdZen4Config(string text, ulong config) => Assert.Equal(config, Single(Zen4, text).Config);

    [Theory]
    // Common event numbers of the ARM ARM: evtCount in bits 0-15.
    [InlineData("armv8_pmuv3_0/sw_incr/", 0x00, 0)]
    [InlineData("armv8_pmuv3_0/inst_retired/", 0x08, 0)]
    [InlineData("armv8_pmuv3_0/cpu_cycles/", 0x11, 0)]
    [InlineData("armv8_pmuv3_0/br_mis_pred/", 0x10, 0)]
    [InlineData("armv8_pmuv3_0/l1d_cache_refill/", 0x03, 0)]
    [InlineData("armv8_pmuv3_0/stall_backend/", 0x24, 0)]
    [InlineData("armv8_pmuv3_0/ll_cache_miss_rd/", 0x37, 0)]
    // long (a chained or 64-bit counter) is config1 bit 0, rdpmc (user access) bit 1.
    [InlineData("armv8_pmuv3_0/cpu_cycles,long=1/", 0x11, 1)]
    [InlineData("armv8_pmuv3_0/event=0x8,rdpmc/", 0x08, 2)]
    [InlineData("armv8_pmuv3_0/cpu_cycles,long,rdpmc=1/", 0x11, 3)]
    [InlineData("armv8_pmuv3_0/event=0xffff,long=0/", 0xffff, 0)]
    [InlineData("cpu_cycles", 0x11, 0)]
    [InlineData("arm_dsu_0/l3d_cache_refill/", 0x2a, 0)]
    [InlineData("arm_dsu_1/event=0xffffffff/", 0xffffffff, 0)]
    // CMN: type 0-15, eventid 16-26, occupid 27-30, bynodeid 31, nodeid 32-47, wp_dev_sel 48-50.
    [InlineData("arm_cmn_0/hnf_cache_miss/", 0x10005, 0)]
    [InlineData("arm_cmn_0/type=0x5,eventid=0x7ff,occupid=15,bynodeid,nodeid=0xffff/", 0xffff_ffff_0005, 0)]
    [InlineData("arm_cmn_0/type=0x770,wp_dev_sel=7,wp_val=0xdeadbeef/", 0x7_0000_0000_0770, 0xdeadbeef)]
    [InlineData("smmuv3_pmcg_2b402/tlb_miss,filter_stream_id=0xffffffff,filter_span/", 0x2, 0x1_ffff_ffff)]
    public void ArmNeoverseConfig(string text, ulong config, ulong config1)
    {
        PerfEvent e = Single(Neoverse, text);

        Assert.Equal((config, config1), (e.Config!.Value, e.Config1!.Value));
    }

    [Fact]
    public void StatisticalProfilingUsesAllFourConfigFields()
    {
        PerfEvent e = Single(Neoverse, "arm_spe_0/ts_enable,branch_filter,event_filter=0x82,min_latency=0xfff,inv_event_filter=0x8000000000000001/");

        Assert.Equal((0x1_0000_0001ul, 0x82ul, 0xffful, 0x8000_0000_0000_0001ul), (e.Config!.Value, e.Config1!.Value, e.Config2!.Value, e.Config3!.Value));
    }

    [Fact]
    public void EveryEventOfEveryTreeHasAnEncoding()
    {
        foreach (string machine in (string[])[Skylake, AlderLake, Zen4, Neoverse])
        {
            PerfEvent[] events = [.. Repository.Catalogue(machine).List([PerfEventKind.Pmu])];

            Assert.True(events.Length > 10);
            Assert.All(events, e =>
            {
                PerfEvent resolved = Single(machine, e.Name);
                Assert.Equal((resolved.Type, resolved.Config, resolved.Config1, resolved.Unit, resolved.Scale), (e.Type, e.Config, e.Config1, e.Unit, e.Scale));
            });
        }
    }

    private static PerfEvent Single(string machine, string text) =>
        Assert.Single(Assert.Single(Repository.Catalogue(machine).Resolve(text)).Events);
}
